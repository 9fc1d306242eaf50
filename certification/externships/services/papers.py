"""Writes papers of the registers: a newer one stands beside the older, a wrong one is withdrawn and stays."""

from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from certification.records.services import drop_file, read_paper

from ..models import RegisterPaper, Site, Supervisor
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
            standing = RegisterPaper.objects.filter(**mine, withdrawn_at=None)
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
    why = one_line(why)
    if not 3 <= len(why) <= 300:
        raise ValidationError({"why": _("Say in a few words why it does not count.")})
    paper.withdrawn_at, paper.withdrawn_by, paper.withdrawn_why = now or timezone.now(), by, why
    paper.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
    return paper
