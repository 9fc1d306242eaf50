"""Writes what learners must show: competencies in versions, the library that a school takes over, evaluation forms."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.selectors import has_role

from ..models import Competency, CompetencyVersion, EvaluationForm, State
from ..selectors.competencies import KEEPING_ROLES
from .registers import one_line

LIBRARY = Path(__file__).parents[1] / "library" / "competencies.yaml"
FIELDS = ("title", "criteria", "technique", "region", "safety", "before_clients", "opens_after")


def must_keep(user: User, school_id: int) -> None:
    """Refuse who does not keep this school's competencies."""
    if not has_role(user, school_id, *KEEPING_ROLES):
        raise ValidationError(_("Only the school’s instructors, coordinators and registrars may do that."))


def lines(text: str) -> str:
    """Words of several lines without spare blanks, empty lines and the browser's own line ends."""
    return "\n".join(filter(None, map(one_line, text.splitlines())))


@transaction.atomic
def save_competency(
    *,
    school: Organisation,
    code: str,
    title: str,
    criteria: str,
    by: User | None,
    technique: str = "",
    region: str = "",
    safety: bool = False,
    before_clients: bool = False,
    opens_after: int = 0,
    put_in_use: bool = False,
    competency: Competency | None = None,
    uuid: UUID | None = None,
) -> CompetencyVersion:
    """Write down a competency, or change one: in its draft, else in a new version; the one in use stays as it is.

    With `put_in_use` it is asked for from now on and the version before it retires; what was passed stays passed.
    Idempotent by content, and by `uuid` (chosen by the form) for a new one. Refuses, beside the field: outsiders, a code
    that stands on the school's list, one before the first client that waits for client sessions.
    """
    if by is not None:
        must_keep(by, school.pk)
    school = Organisation.objects.select_for_update(no_key=True).get(pk=school.pk)
    code = one_line(code).upper().replace(" ", "-")
    if competency is None and uuid is not None:
        competency = Competency.objects.filter(uuid=uuid, school=school).first()
    if competency is None:
        if Competency.objects.filter(school=school, code=code).exists():
            raise ValidationError({"code": _("This code stands on your list already. Open that one to change it.")})
        competency = Competency(school=school, code=code)
        if uuid is not None and not Competency.objects.filter(uuid=uuid).exists():
            competency.uuid = uuid
        competency.full_clean()
        competency.save()
    if before_clients and opens_after:
        raise ValidationError(
            {"opens_after": _("Before the first client there are no client sessions. Leave this at 0.")}
        )
    content = {
        "title": one_line(title),
        "criteria": lines(criteria),
        "technique": technique,
        "region": one_line(region),
        "safety": safety,
        "before_clients": before_clients,
        "opens_after": opens_after,
    }
    version = _draft(competency, content, by)
    version.full_clean(validate_constraints=False)
    if version.pk is None or version.state == State.DRAFT:
        version.save()
    return _use(version) if put_in_use else version


def _draft(competency: Competency, content: dict[str, Any], by: User | None) -> CompetencyVersion:
    """The version that says `content`: the one in use where it does, else the draft, else a new one; unsaved."""
    there = list(competency.versions.select_for_update().order_by("-number"))
    draft = next((one for one in there if one.state == State.DRAFT), None)
    used = next((one for one in there if one.state == State.IN_USE), None)
    if used is not None and all(getattr(used, name) == value for name, value in content.items()):
        if draft is not None:
            draft.delete()
        return used
    if draft is None:
        draft = CompetencyVersion(competency=competency, number=there[0].number + 1 if there else 1)
    for name, value in content.items():
        setattr(draft, name, value)
    draft.written_by, draft.written_at = by, timezone.now()
    return draft


def _use(version: CompetencyVersion) -> CompetencyVersion:
    if version.state != State.DRAFT:
        return version
    now = timezone.now()
    version.competency.versions.filter(state=State.IN_USE).update(state=State.RETIRED, retired_at=now)
    version.state, version.in_use_since = State.IN_USE, now
    version.save(update_fields=["state", "in_use_since"])
    return version


@transaction.atomic
def retire_competency(*, competency: Competency, by: User) -> Competency:
    """Ask for a competency no more, and drop its draft. What was passed stays passed. Idempotent. Refuses outsiders."""
    must_keep(by, competency.school_id)
    Organisation.objects.select_for_update(no_key=True).get(pk=competency.school_id)
    competency.versions.filter(state=State.DRAFT).delete()
    competency.versions.filter(state=State.IN_USE).update(state=State.RETIRED, retired_at=timezone.now())
    return competency


@cache
def library() -> dict[str, Any]:
    """The competencies and forms that come with the product."""
    found: dict[str, Any] = yaml.safe_load(LIBRARY.read_text())
    return found


@transaction.atomic
def take_over_library(*, school: Organisation, by: User | None = None) -> int:
    """Put what the product brings on a school's list and in use: how many were not there. Idempotent.

    A code or form that the school has is left as it is. Refuses outsiders, where `by` is given.
    """
    if by is not None:
        must_keep(by, school.pk)
    there = set(Competency.objects.filter(school=school).values_list("code", flat=True))
    fresh = [item for item in library()["competencies"] if item["code"] not in there]
    for item in fresh:
        save_competency(school=school, by=by, put_in_use=True, **item)
    forms = set(EvaluationForm.objects.filter(school=school).values_list("purpose", flat=True))
    for purpose, form in library()["evaluations"].items():
        if purpose not in forms:
            save_form(school=school, purpose=purpose, title=form["title"], texts=form["items"], by=by)
    return len(fresh)


@transaction.atomic
def save_form(
    *, school: Organisation, purpose: str, title: str, texts: Sequence[str], by: User | None
) -> EvaluationForm:
    """Ask these items in an evaluation from now on; the form before it retires, and links made with it stay valid.

    Idempotent by content. Refuses outsiders, fewer than one item or more than twenty.
    """
    if by is not None:
        must_keep(by, school.pk)
    Organisation.objects.select_for_update(no_key=True).get(pk=school.pk)
    asked = list(dict.fromkeys(filter(None, map(one_line, texts))))
    if not 1 <= len(asked) <= 20 or any(len(text) > 200 for text in asked):
        raise ValidationError(
            {"texts": _("Write one to twenty items, each on a line of its own, of 200 letters at most.")}
        )
    items = [{"code": f"i{place}", "text": text} for place, text in enumerate(asked, 1)]
    rows = EvaluationForm.objects.select_for_update().filter(school=school, purpose=purpose)
    used = rows.filter(state=State.IN_USE).first()
    title = one_line(title)
    if used is not None and (used.title, used.items) == (title, items):
        return used
    last = rows.order_by("-number").first()
    if used is not None:
        rows.filter(pk=used.pk).update(state=State.RETIRED, retired_at=timezone.now())
    form = EvaluationForm(
        school=school, purpose=purpose, number=last.number + 1 if last else 1, title=title, items=items, written_by=by
    )
    form.full_clean()
    form.save()
    return form
