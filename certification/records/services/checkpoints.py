"""Signs the head of a log, keeps what was signed, and sends it out of the house."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation
from accounts.selectors import holders_of
from certification.keys import services as keys
from certification.keys.models import SigningKey
from certification.keys.selectors import keys_of, trusted_keys
from notices.services import enqueue_mail

from ..models import Checkpoint, HourLog, Witness
from ..rules import checkpoints
from ..selectors import head_of, logs_due, witnesses_of

WITNESSING_ROLES = ("registrar", "admin")


def ensure_log(*, school: Organisation) -> HourLog:
    """The school's log, begun when it has none. Idempotent."""
    log, _made = HourLog.objects.get_or_create(school=school, defaults={"origin": f"palmar.log/{school.slug}"})
    return log


@transaction.atomic
def make_checkpoint(*, log: HourLog, reason: str) -> Checkpoint | None:
    """Sign the log's head as it stands now, keep it, and mail it to the witnesses. None while the log is empty.

    Atomic; idempotent by size: a log that did not grow has its checkpoint already. Raises keys.KeyFileError when the
    private key is not there.
    """
    # The log alone: many hold the school while they issue, and none of them may ask for it whole.
    log = HourLog.objects.select_for_update(of=("self",)).select_related("school").get(pk=log.pk)
    if log.size == 0:
        return None
    there = Checkpoint.objects.filter(log=log, size=log.size).first()
    if there:
        return there
    size, root = head_of(log)
    text = checkpoints.checkpoint_text(checkpoints.Head(log.origin, size, root))
    note = keys.sign_note(text, purpose=SigningKey.Purpose.LOG, name=log.origin)
    checkpoint = Checkpoint.objects.create(
        log=log, size=size, root=root, note=note, reason=reason, made_at=timezone.now()
    )
    _send(checkpoint)
    return checkpoint


def sign_checkpoints_again(*, log: HourLog) -> int:
    """Put the signature of the log's key in use beside checkpoints that only leaked keys signed; under how many it stands.

    The notes themselves stay as they went out. Idempotent; without a leak nothing is done. Raises keys.KeyFileError
    when the private key is not there.
    """
    if len(trusted_keys(SigningKey.Purpose.LOG, log.origin)) == len(keys_of(SigningKey.Purpose.LOG, log.origin)):
        return 0
    notes = Checkpoint.objects.filter(log=log).order_by("size").values_list("note", flat=True)
    added = [keys.sign_note_again(note, purpose=SigningKey.Purpose.LOG, name=log.origin) for note in notes]
    return sum(one is not None for one in added)


def make_due_checkpoints(*, now: datetime) -> int:
    """Sign every log that grew and was not signed on this day (UTC) yet; how many. A due job: safe twice."""
    return sum(make_checkpoint(log=log, reason=Checkpoint.Reason.DAILY) is not None for log in logs_due(now))


def _send(checkpoint: Checkpoint) -> None:
    """Mail a checkpoint to the log's witnesses; while there are none, to the school's registrars."""
    log = checkpoint.log
    names = [(witness.name, witness.email) for witness in witnesses_of(log)]
    if not names:
        registrars = holders_of(log.school, Membership.Role.REGISTRAR)
        names = [(user.get_full_name(), user.email) for user in registrars]
    for name, email in names:
        enqueue_mail(
            key=f"checkpoint:{log.origin}:{checkpoint.size}:{email}",
            to=email,
            template="records_checkpoint",
            context={"checkpoint": checkpoint, "school": log.school.name, "slug": log.school.slug, "name": name},
        )


@transaction.atomic
def add_witness(*, log: HourLog, name: str, email: str) -> Witness:
    """Send this log's checkpoints to somebody from now on. Idempotent by address. ValidationError for a bad address."""
    email = email.strip().lower()
    name = " ".join(name.split())
    if not name:
        raise ValidationError({"name": _("Say who it is.")})
    try:
        validate_email(email)
    except ValidationError as error:
        raise ValidationError({"email": _("Enter an e-mail address, like records@example.org.")}) from error
    there = Witness.objects.filter(log=log, email=email, until=None).first()
    if there:
        return there
    try:
        with transaction.atomic():
            return Witness.objects.create(log=log, name=name, email=email)
    except IntegrityError:
        return Witness.objects.get(log=log, email=email, until=None)


@transaction.atomic
def end_witness(*, witness: Witness) -> Witness:
    """Send no more to this witness. Idempotent."""
    witness = Witness.objects.select_for_update().get(pk=witness.pk)
    if witness.until is None:
        witness.until = timezone.now()
        witness.save(update_fields=["until"])
    return witness
