"""What waits for a signature: the hours page, a lower room's, shows it by loading this tag."""

from typing import Any

from django import template

from certification.externships.models import Shift
from certification.records.models import TrainingRecord

register = template.Library()


@register.inclusion_tag("externships/waiting_note.html")
def waiting_shifts(record: TrainingRecord) -> dict[str, Any]:
    """The shifts of a record that were sent and are not decided. One query."""
    waiting = list(
        Shift.objects.filter(placement__record=record, state=Shift.State.SENT)
        .select_related("supervisor")
        .order_by("sent_at")
    )
    return {
        "shifts": waiting,
        "minutes": sum(shift.minutes for shift in waiting),
        "supervisors": sorted({shift.supervisor.name for shift in waiting}),
        "since": waiting[0].sent_at if waiting else None,
        "zone": record.zone,
    }
