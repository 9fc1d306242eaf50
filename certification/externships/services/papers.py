"""Writes papers of the registers: a newer one stands beside the older, a wrong one is withdrawn and stays.

An old one may be erased, with a reason.
"""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from certification.records.models.corrections import private_storage
from certification.records.services import drop_file, read_paper

from ..models import RegisterPaper, Site, Supervisor
from ..selectors import papers_over
from .registers import must_place, must_run_forward, one_line

MOST_PAPERS = 100


def add_paper(
    *,
    owner: Site | Supervisor,
    kind: str,
    attachment: UploadedFile | None,
    by: User,
    starts_on: date | None = None,
    ends_on: date | None = None,
    uuid: UUID | None = None,
    now: datetime | None = None,
) -> RegisterPaper:
    """Keep a paper of a site or supervisor, with the days it speaks of.

    Atomic; idempotent by `uuid` (chosen by the form). The same bytes again, standing and of the same kind, make no
    second row. Refuses outsiders, beside the field: another kind, no file or a bad one (as everywhere: type by its
    bytes, 10 MB), days that run back.
    """
    must_place(by, owner.school_id)
    mine = {"site": owner} if isinstance(owner, Site) else {"supervisor": owner}
    kinds = RegisterPaper.OF_SITE if isinstance(owner, Site) else RegisterPaper.OF_SUPERVISOR
    found = RegisterPaper.objects.filter(uuid=uuid, **mine).first() if uuid else None
    if found:
        return found
    if kind not in kinds:
        raise ValidationError({"kind": _("Choose what it is.")})
    must_run_forward({"ends_on": (starts_on, ends_on)})
    read = read_paper(attachment)
    if read is None:
        raise ValidationError({"attachment": _("Choose the file.")})
    paper = RegisterPaper(
        **mine,
        kind=kind,
        starts_on=starts_on,
        ends_on=ends_on,
        added_by=by,
        added_at=now or timezone.now(),
        **({} if uuid is None or RegisterPaper.objects.filter(uuid=uuid).exists() else {"uuid": uuid}),
    )
    read.put_on(paper)
    try:
        with transaction.atomic():
            # Two who send the same paper at once wait for each other here.
            type(owner)._default_manager.select_for_update(no_key=True).get(pk=owner.pk)
            standing = RegisterPaper.objects.filter(**mine, withdrawn_at=None, erased_at=None)
            again = (
                RegisterPaper.objects.filter(uuid=paper.uuid, **mine).first()
                or standing.filter(
                    kind=kind, attachment_sha256=paper.attachment_sha256, starts_on=starts_on, ends_on=ends_on
                ).first()
            )
            if again:
                return again
            if standing.count() >= MOST_PAPERS:
                raise ValidationError(_("There are very many papers here. Withdraw those that do not count any more."))
            paper.save(force_insert=True)
    except Exception:
        drop_file(paper)
        raise
    return paper


@transaction.atomic
def withdraw_paper(*, paper: RegisterPaper, why: str, by: User, now: datetime | None = None) -> RegisterPaper:
    """Say that a paper does not count, and why; it stays and can be read. Idempotent; refuses outsiders and no words."""
    must_place(by, paper.school_id)
    paper = RegisterPaper.objects.select_for_update().get(pk=paper.pk)
    if paper.withdrawn_at is not None:
        return paper
    if paper.erased_at is not None:
        raise ValidationError(_("It was erased meanwhile."))
    why = one_line(why)
    if not 3 <= len(why) <= 300:
        raise ValidationError({"why": _("Say in a few words why it does not count.")})
    paper.withdrawn_at, paper.withdrawn_by, paper.withdrawn_why = now or timezone.now(), by, why
    paper.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
    return paper


@transaction.atomic
def erase_paper(*, paper: RegisterPaper, why: str, by: User, now: datetime | None = None) -> RegisterPaper:
    """Erase the file of a paper and its name, once its time is over; that it was there, and who erased it, stays.

    Idempotent. Refuses outsiders, an agreement (hours rest on it), a paper whose time is not over (withdraw it first
    if it is wrong), and no reason.
    """
    must_place(by, paper.school_id)
    now = now or timezone.now()
    paper = (
        RegisterPaper.objects.select_for_update(of=("self",))
        .select_related("site__school", "supervisor__school")
        .get(pk=paper.pk)
    )
    if paper.erased_at is not None:
        return paper
    if paper.kind == RegisterPaper.Kind.AGREEMENT:
        raise ValidationError(_("An agreement stays: hours rest on it."))
    owner = paper.site or paper.supervisor
    assert owner is not None
    if not papers_over(owner, [paper], timezone.localdate(now, timezone=ZoneInfo(owner.school.zone))):
        raise ValidationError(_("Its time is not over. Withdraw it first if it does not count."))
    why = one_line(why)
    if not 3 <= len(why) <= 300:
        raise ValidationError({"why": _("Say in a few words why it is erased.")})
    name = str(paper.attachment.name)
    paper.attachment, paper.attachment_name = "", ""
    paper.erased_at, paper.erased_by, paper.erased_why = now, by, why
    paper.save(update_fields=["attachment", "attachment_name", "erased_at", "erased_by", "erased_why"])
    transaction.on_commit(lambda: private_storage().delete(name))
    return paper
