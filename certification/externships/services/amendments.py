"""What a signed amendment does to the hours of the shift whose place it takes: they are taken back, and both stay visible."""

from accounts.models import User
from certification.records.models import HourEntry
from certification.records.services import reverse_entry

from ..models import Shift
from .shifts import must_be_amendable

REASON = "amended"


def take_back_amended(shift: Shift, *, recorded_by: User | None) -> list[HourEntry]:
    """Reverse the hours of the shift that this one amends, under this one's key and "/back".

    Inside the transaction that posts what takes their place. Refuses (ValidationError) what cannot be amended any more.
    """
    original = shift.amends
    assert original is not None
    original.placement = shift.placement
    must_be_amendable(original, by=shift)
    entries = HourEntry.objects.filter(
        record=shift.placement.record_id, posting__source_key=original.source_key
    ).select_related("record")
    return [
        reverse_entry(
            entry=entry, source_key=f"{shift.source_key}/back/{number}", reason=REASON, recorded_by=recorded_by
        )
        for number, entry in enumerate(entries.order_by("position"), start=1)
    ]
