"""When supervisors are asked: the school's rhythm, and the one mail in which a supervisor is asked for all that waits."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, User

from .. import rules
from ..models import AskingRhythm, SignOffLink, Supervisor
from ..selectors import links_unmailed, loaded_links
from .links import mail_together, renewed
from .placements import lock_learners
from .registers import must_place


@transaction.atomic
def set_rhythm(*, school: Organisation, rhythm: str, by: User, now: datetime | None = None) -> AskingRhythm:
    """Let a school's supervisors be asked at once, once a day or once a week; what waits goes by the new rhythm.

    Idempotent by content. Refuses outsiders and an unknown rhythm, beside the field.
    """
    now = now or timezone.now()
    must_place(by, school.pk)
    if rhythm not in AskingRhythm.Rhythm.values:
        raise ValidationError({"rhythm": _("Choose one of the answers.")})
    school = Organisation.objects.select_for_update(no_key=True).get(pk=school.pk)
    kept = AskingRhythm.objects.filter(school=school).first()
    if kept is not None and kept.rhythm == rhythm:
        return kept
    kept = kept or AskingRhythm(school=school)
    kept.rhythm, kept.changed_at, kept.changed_by = rhythm, now, by
    kept.save()
    waiting = SignOffLink.objects.filter(placement__record__school=school, goes_at__isnull=False, mailed_at=None)
    # Locked in the order in which a mail over several is written; what it mails meanwhile keeps its time.
    rows = waiting.select_for_update(of=("self",), no_key=True).order_by("placement__record__learner", "from_on", "pk")
    held = list(rows.values_list("pk", flat=True))
    SignOffLink.objects.filter(pk__in=held, mailed_at=None).update(
        goes_at=rules.goes_out_at(now, rhythm, school.zone) or now
    )
    return kept


def send_collected(*, now: datetime | None = None) -> int:
    """Write the mails whose time has come, one to each supervisor over all that waits for her; how many mails.

    Safe at any time and twice at once: a link says once when it was mailed, and in which mail. What ran out before
    anything could mail it goes as a new link. What the mail server does not take stays in the outbox. One query, and those
    of each supervisor whose time has come.
    """
    now = now or timezone.now()
    due = links_unmailed().filter(goes_at__lte=now)
    return sum(_send_to(pk, now) for pk in sorted(set(due.values_list("supervisor", flat=True))))


@transaction.atomic
def _send_to(supervisor_pk: int, now: datetime) -> bool:
    # Supervisor before learners, as where her address is edited.
    supervisor = Supervisor.objects.select_for_update(of=("self",), no_key=True).get(pk=supervisor_pk)
    links = list(loaded_links().filter(pk__in=links_unmailed().filter(supervisor=supervisor).values("pk")))
    if not any(link.goes_at is not None and link.goes_at <= now for link in links):
        return False
    lock_learners([link.placement for link in links])
    return bool(mail_together(supervisor, [renewed(link, now) for link in links], now))
