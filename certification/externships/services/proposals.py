"""Takes over the times that a supervisor proposed."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import rules
from ..models import Shift, SignOff, Supervisor
from .placements import locked
from .shifts import check_claim


@transaction.atomic
def take_over_proposal(*, proposal: SignOff, now: datetime | None = None) -> Shift:
    """Write the proposed times into the learner's shift: a new version, a draft to be sent; the rest stays.

    Idempotent: once taken over, the draft is what it gives. Refuses a proposal about an older version (the learner
    wrote something else since) and times that cannot be any more.
    """
    now = now or timezone.now()
    placement = locked(proposal.shift.placement)
    shift = Shift.objects.select_for_update().get(pk=proposal.shift_id)
    shift.placement = placement
    starts_at, ends_at = proposal.proposed_starts_at, proposal.proposed_ends_at
    if starts_at is None or ends_at is None:
        raise ValidationError(_("No other times were proposed."))
    break_minutes = proposal.proposed_break_minutes or 0
    taken = (shift.starts_at, shift.ends_at, shift.break_minutes) == (starts_at, ends_at, break_minutes)
    if taken and shift.version == proposal.version + 1 and shift.state == Shift.State.DRAFT:
        return shift
    if shift.state != Shift.State.RETURNED or shift.version != proposal.version:
        raise ValidationError(_("You changed this shift since. Open it to see what stands there now."))
    supervisor = Supervisor.objects.get(pk=shift.supervisor_id)
    try:
        check_claim(shift, supervisor, rules.Claim(shift.kind, starts_at, ends_at, break_minutes), now)
    except ValidationError as error:
        raise ValidationError(error.messages) from error
    shift.starts_at, shift.ends_at, shift.break_minutes = starts_at, ends_at, break_minutes
    shift.version += 1
    shift.state = Shift.State.DRAFT
    shift.save(update_fields=["starts_at", "ends_at", "break_minutes", "version", "state"])
    return shift
