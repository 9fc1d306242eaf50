"""Writes what publishing a page means: the plan goes to the module or lesson, and a change to what people studied is
decided by somebody. Called when the framework says that a page was published or moved.
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision

from accounts.models import User
from accounts.selectors import has_role

from ..models import (
    PLAN_FIELDS,
    RESPONSIBLE,
    CourseApproval,
    Lesson,
    LessonChange,
    LessonPage,
    Module,
    ModulePage,
    Program,
)
from ..models.offers import teachers_of
from .reviews import announce_held


@transaction.atomic
def carry_out_module(page: ModulePage) -> Module | None:
    """Write the plan of a published module page to its module, made if the page is new. Idempotent.

    Nothing happens for translations, aliases and pages that are not live.
    """
    if not page.live or not page.governs:
        return page.module
    above = page.get_parent().specific
    module = page.module
    if module is None:
        program: Program = above.program
        module = Module(program=program, code=_free_code(program, page.title), sort_order=_place(page))
    module.title = page.title
    module.summary = page.summary
    module.objectives = page.objective_lines
    module.category = page.category
    module.minutes = page.minutes
    if module.state != Module.State.RETIRED:
        module.state = page.state
    module.quiz = page.quiz
    module.lead = page.lead
    module.gates = [gate.as_data() for gate in page.planned_gates()]
    module.full_clean()
    module.save()
    if page.module_id is None:
        _name(page, "module", module.pk)
        page.module = module
    return module


@transaction.atomic
def carry_out_lesson(page: LessonPage) -> Lesson | None:
    """Write the plan of a published lesson page to its lesson, made if the page is new. Idempotent.

    What was decided about this revision takes effect. Hours that were posted keep title, minutes and revision as they
    were that day. Nothing is planned for translations, aliases and pages that are not live.
    """
    if not page.live or page.alias_of_id is not None:
        return page.lesson
    lesson = page.lesson
    if page.governs:
        if lesson is None:
            module = page.module_above
            if module is None:
                raise ValidationError(_("Publish the page of the module first; then this lesson has its place."))
            lesson = Lesson(module=module, code=_next_code(module), sort_order=_place(page))
        for name in PLAN_FIELDS:
            setattr(lesson, name, getattr(page, name))
        lesson.title = page.title
        lesson.category = page.category or lesson.module.category
        lesson.gates = [gate.as_data() for gate in page.planned_gates()]
        lesson.full_clean()
        lesson.save()
        if page.lesson_id is None:
            _name(page, "lesson", lesson.pk)
            page.lesson = lesson
    if lesson is not None and page.live_revision_id is not None:
        _take_effect(lesson, page.live_revision_id)
    return lesson


def _take_effect(lesson: Lesson, revision: int) -> None:
    change = LessonChange.objects.filter(revision=revision, published_at=None).first()
    if change is None:
        return
    change.published_at = timezone.now()
    change.save(update_fields=["published_at"])
    if change.kind == LessonChange.Kind.REDO:
        lesson.redo_since = change.published_at
        lesson.save(update_fields=["redo_since"])


def _name(page: Page, field: str, key: int) -> None:
    """Let the page and its drafts present the row that was made for it."""
    type(page).objects.filter(pk=page.pk).update(**{field: key})
    for revision in Revision.objects.for_instance(page):
        if revision.content.get(field) is None:
            revision.content[field] = key
            revision.save(update_fields=["content"])


def _free_code(program: Program, title: str) -> str:
    """Initials of the title, with a number where they are taken."""
    initials = "".join(word[0] for word in title.split() if word[0].isalnum()).upper()[:6] or "M"
    # Passing the quiz of a module and passing an examination must not be one fact on a record.
    taken = {
        *program.modules.values_list("code", flat=True),
        *program.examinations.values_list("quiz__code", flat=True),
    }
    code, number = initials, 1
    while code in taken:
        number += 1
        code = f"{initials}{number}"
    return code


def _next_code(module: Module) -> str:
    """The module's code with the next number."""
    taken = set(Lesson.objects.filter(module__program=module.program_id).values_list("code", flat=True))
    number = module.lessons.count() + 1
    while f"{module.code}-{number}" in taken:
        number += 1
    return f"{module.code}-{number}"


def _place(page: Page) -> int:
    return 1 + Page.objects.sibling_of(page).filter(path__lt=page.path).count()


@transaction.atomic
def follow_order(page: Page) -> None:
    """Number the modules, or the lessons of a module, as their pages stand in the tree. Idempotent.

    Only the pages that govern are asked: a translation may stand in another order.
    """
    siblings = Page.objects.sibling_of(page).order_by("path").specific()
    number = 0
    for sibling in siblings:
        row: Any = None
        if isinstance(sibling, ModulePage) and sibling.governs:
            row = sibling.module
        elif isinstance(sibling, LessonPage) and sibling.governs:
            row = sibling.lesson
        if row is None:
            continue
        number += 1
        if row.sort_order != number:
            type(row).objects.filter(pk=row.pk).update(sort_order=number)


@transaction.atomic
def decide_change(*, page: LessonPage, kind: str, note: str, by: User) -> LessonChange:
    """Say what publishing the newest draft means for those who studied the lesson. Idempotent by revision.

    Refuses who may not publish this page, an unknown kind, and a change that is to be told without words.
    """
    if not page.permissions_for_user(by).can_publish():
        raise ValidationError(_("Only those who publish the lesson decide what its change means."))
    if page.lesson is None or page.latest_revision_id is None:
        raise ValidationError(_("There is no draft to decide about."))
    found = LessonChange.objects.filter(revision=page.latest_revision_id).first()
    if found is not None:
        if (found.kind, found.note) != (kind, note.strip()):
            raise ValidationError(_("It was decided already: %(kind)s.") % {"kind": found.get_kind_display()})
        return found
    change = LessonChange(
        lesson=page.lesson, revision=page.latest_revision_id, kind=kind, note=note.strip(), decided_by=by
    )
    if kind != LessonChange.Kind.COSMETIC and not change.note:
        raise ValidationError({"note": _("Write in one sentence what has changed; learners read it.")})
    change.full_clean()
    change.save()
    return change


def hold_back(*, now: datetime) -> int:
    """Take from the schedule what cannot be published as it is, and tell who wrote it; how many.

    A plan that was sound when its day was set may have been overtaken: by an approval, or by somebody who studied the
    lesson meanwhile, so that its change must be decided about. Safe to run twice.
    """
    held = 0
    for revision in Revision.objects.filter(approved_go_live_at__lte=now).select_related("user"):
        page = getattr(revision.content_object, "specific", None)
        if not isinstance(page, LessonPage | ModulePage):
            continue
        words = page.publishing_obstacle(revision)
        if not words and isinstance(page, LessonPage) and page.asks_what_changes(revision.pk):
            words = _("Somebody has studied the lesson since: say what the change means, and publish it anew.")
        if not words:
            continue
        with transaction.atomic():
            revision.approved_go_live_at = None
            revision.save(update_fields=["approved_go_live_at"])
            announce_held(revision=revision, page=page, words=words)
        held += 1
    return held


def mark_studied(*, lesson: Lesson) -> None:
    """Note that somebody opened the lesson: from now on its changes are decided about. Idempotent."""
    if lesson.studied_at is None:
        lesson.studied_at = timezone.now()
        Lesson.objects.filter(pk=lesson.pk, studied_at=None).update(studied_at=lesson.studied_at)


@transaction.atomic
def retire_lesson(*, lesson: Lesson, by: User, retired: bool = True) -> Lesson:
    """Take a lesson from the outline, or bring it back. Idempotent; hours and progress stay as they are.

    Refuses who is not a registrar or administrator of the school. Nobody can open it from the next beat's renewal on.
    """
    if not has_role(by, lesson.module.program.school_id, *RESPONSIBLE):
        raise ValidationError(_("Only registrars and administrators retire a lesson."))
    lesson = Lesson.objects.select_for_update().get(pk=lesson.pk)
    if retired != (lesson.retired_at is not None):
        lesson.retired_at = timezone.now() if retired else None
        lesson.save(update_fields=["retired_at"])
    return lesson


@transaction.atomic
def retire_module(*, module: Module, by: User, retired: bool = True) -> Module:
    """Take a module with its lessons from the outline, or bring it back in preparation. Idempotent.

    Refuses who is not a registrar or administrator of the school, and a module that is approved or whose minutes an
    approval of its program holds.
    """
    if not has_role(by, module.program.school_id, *RESPONSIBLE):
        raise ValidationError(_("Only registrars and administrators retire a module."))
    module = Module.objects.select_for_update().get(pk=module.pk)
    if retired == (module.state == Module.State.RETIRED):
        return module
    held = module.program.approvals.filter(withdrawn_on=None, module__in=[module.pk]) | module.program.approvals.filter(
        withdrawn_on=None, module=None
    )
    approval = held.first()
    if approval is not None:
        raise ValidationError(
            _("The approval %(number)s holds this module in the program. Withdraw it first.")
            % {"number": str(approval)}
        )
    module.state = Module.State.RETIRED if retired else Module.State.IN_PREPARATION
    module.save(update_fields=["state"])
    return module


@transaction.atomic
def record_approval(*, program: Program, module: Module | None, by: User, **fields: Any) -> CourseApproval:
    """Write down that a body approved a module, or the whole program, under its present title and minutes.

    Fields: body, number, approved_on, ends_on, and for continuing education regulator, course_type, instructor. From now
    on the database refuses another title and other minutes. Refuses who is not a registrar or administrator of the
    school, and a regulator without a type and an instructor of the school, or for one module alone.
    """
    if not has_role(by, program.school_id, *RESPONSIBLE):
        raise ValidationError(_("Only registrars and administrators record approvals."))
    if module is not None and module.program_id != program.pk:
        raise ValidationError({"module": _("This module belongs to another program.")})
    _check_continuing(program, module, fields)
    program = Program.objects.select_for_update().get(pk=program.pk)
    modules = program.modules.exclude(state=Module.State.RETIRED)
    planned = sum(modules.values_list("minutes", flat=True)) + program.externship_minutes
    approval = CourseApproval(
        program=program,
        module=module,
        title=module.title if module else program.title,
        minutes=module.minutes if module else planned,
        recorded_by=by,
        **fields,
    )
    approval.full_clean()
    approval.save()
    return approval


def _check_continuing(program: Program, module: Module | None, fields: dict[str, Any]) -> None:
    """Refuse an approval by a regulator that lacks what its certificates must show."""
    if not fields.get("regulator"):
        return
    if module is not None:
        raise ValidationError(
            {"module": _("A course of continuing education is a whole program: its certificate is of all its hours.")}
        )
    if not fields.get("course_type"):
        raise ValidationError({"course_type": _("Choose the type: certificates must show it.")})
    teacher = fields.get("instructor")
    if teacher is None or not teachers_of(program).filter(pk=teacher.pk).exists():
        raise ValidationError({"instructor": _("Choose an instructor of the school: she signs the certificates.")})


@transaction.atomic
def withdraw_approval(*, approval: CourseApproval, by: User) -> CourseApproval:
    """End an approval today, so that its course may change. Idempotent; the row stays."""
    if not has_role(by, approval.program.school_id, *RESPONSIBLE):
        raise ValidationError(_("Only registrars and administrators withdraw approvals."))
    if approval.withdrawn_on is None:
        approval.withdrawn_on = timezone.localdate()
        approval.save(update_fields=["withdrawn_on"])
    return approval
