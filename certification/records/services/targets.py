"""Writes what learners aim at, and a school's word on where its hours stand in other rule sets."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.selectors import has_role
from certification.requirements.rules import Crossing
from certification.requirements.selectors import newest, spec_for

from ..models import Crosswalk, CrosswalkLine, Learner, Target

MOST_TARGETS = 8
CROSSING_ROLES = ("registrar", "admin")


@transaction.atomic
def choose_target(*, learner: Learner, identifier: str) -> Target:
    """Let a learner aim at a rule set. Atomic; idempotent by the rule set; refuses an unknown one and a ninth."""
    if newest(identifier) is None:
        raise ValidationError(_("Choose one of the rule sets in the list."))
    Learner.objects.select_for_update().get(pk=learner.pk)
    found = Target.objects.filter(learner=learner, identifier=identifier, dropped_at=None).first()
    if found:
        return found
    if Target.objects.filter(learner=learner, dropped_at=None).count() >= MOST_TARGETS:
        raise ValidationError(_("Eight aims are enough for one page. Drop one before you add another."))
    return Target.objects.create(learner=learner, identifier=identifier)


def drop_target(*, target: Target) -> None:
    """End an aim. Idempotent."""
    Target.objects.filter(pk=target.pk, dropped_at=None).update(dropped_at=timezone.now())


def set_crosswalk(
    *,
    school: Organisation,
    source: str,
    target: str,
    crossings: Sequence[Crossing],
    by: User,
    seen_version: int | None = None,
) -> Crosswalk:
    """Say where the hours of a rule set stand in another one; what was said before is replaced whole.

    Atomic; the same words again change nothing. `seen_version` is the version that the registrar looked at (0: none
    yet): a colleague's newer word is not overwritten unseen. Refuses (ValidationError) who is no registrar, categories
    that the newest versions do not have, and two lines for one category and course.
    """
    if not has_role(by, school.pk, *CROSSING_ROLES):
        raise ValidationError(_("Only the school’s registrars may say where hours stand."))
    _check(source, target, crossings)
    try:
        with transaction.atomic():
            return _set(school, source, target, crossings, by, seen_version)
    except IntegrityError as error:
        raise ValidationError(_changed_meanwhile(), code="changed") from error


def _check(source: str, target: str, crossings: Sequence[Crossing]) -> None:
    if source == target:
        raise ValidationError(_("A rule set needs no translation into itself."))
    for identifier, codes in (
        (source, [crossing.category for crossing in crossings]),
        (target, [crossing.to for crossing in crossings]),
    ):
        rule_set = newest(identifier)
        if rule_set is None:
            raise ValidationError(_("There is no rule set “%(id)s”.") % {"id": identifier})
        spec = spec_for(rule_set)
        for code in codes:
            if not spec.allows(code):
                raise ValidationError(
                    _("“%(code)s” is no category of %(rules)s.") % {"code": code, "rules": rule_set.title}
                )
    keys = [(crossing.category, crossing.course) for crossing in crossings]
    if len(set(keys)) != len(keys):
        raise ValidationError(_("One category has two places. Give each one place."))


def _changed_meanwhile() -> str:
    return _("Somebody changed this list meanwhile. Look at it again, then say what you want changed.")


def _set(
    school: Organisation, source: str, target: str, crossings: Sequence[Crossing], by: User, seen_version: int | None
) -> Crosswalk:
    kept = Crosswalk.objects.select_for_update().filter(school=school, source=source, target=target).first()
    if kept is not None and _same(kept, crossings):
        return kept
    if seen_version is not None and seen_version != (kept.version if kept else 0):
        raise ValidationError(_changed_meanwhile(), code="changed")
    if kept is None:
        kept = Crosswalk.objects.create(school=school, source=source, target=target, changed_by=by)
    else:
        kept.version += 1
        kept.changed_at, kept.changed_by = timezone.now(), by
        kept.save()
        kept.lines.all().delete()
    CrosswalkLine.objects.bulk_create(
        CrosswalkLine(
            crosswalk=kept,
            category=crossing.category,
            course=crossing.course,
            to_category=crossing.to,
            tags=";".join(crossing.tags),
        )
        for crossing in crossings
    )
    return kept


def _same(kept: Crosswalk, crossings: Sequence[Crossing]) -> bool:
    there = {(line.category, line.course, line.to_category, line.tags) for line in kept.lines.all()}
    return there == {(one.category, one.course, one.to, ";".join(one.tags)) for one in crossings}
