"""Writes programs for a school's registrars: new ones, their settings, and new versions of them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.models import Page

from accounts.models import Organisation, User
from accounts.selectors import has_role
from certification.requirements.models import RuleSet
from certification.requirements.selectors import spec_for

from ..models import (
    IN_ORDER,
    PLAN_FIELDS,
    RESPONSIBLE,
    Examination,
    Lesson,
    LessonPage,
    Module,
    ModulePage,
    Program,
    ProgramBank,
    ProgramIndexPage,
    ProgramPage,
)
from ..rules import Node, in_line, never_open
from .offices import open_program_page

SETTINGS = (
    "title",
    "summary",
    "is_open",
    "externship_category",
    "externship_minutes",
    "externship_summary",
    "beat_seconds",
    "gap_seconds",
    "idle_seconds",
    "idle_penalty",
    "counts_hidden_media",
    "presence_minutes",
    "answer_seconds",
    "presence_tries",
    "day_cap_minutes",
    "week_cap_minutes",
    "in_order",
    "credit",
    "certificate_term",
)


def _check(school_id: int, by: User) -> None:
    if not has_role(by, school_id, *RESPONSIBLE):
        raise ValidationError(_("Only registrars and administrators of the school keep its programs."))


@transaction.atomic
def create_program(*, school: Organisation, code: str, title: str, rule_set: RuleSet, by: User) -> Program:
    """Make a program that takes nobody yet, with the draft of its page below the list of programs.

    Refuses who is not responsible, a code that is taken, and a school without a list of programs on its site.
    """
    _check(school.pk, by)
    if Program.objects.filter(school=school, code__iexact=code.strip()).exists():
        raise ValidationError(
            {"code": _("A program has this code. Choose another, or make a new version of that one.")}
        )
    program = Program(school=school, code=code.strip(), title=title.strip(), rule_set=rule_set, is_open=False)
    program.full_clean()
    program.save()
    index = ProgramIndexPage.objects.filter(alias_of=None).order_by("path").first()
    if index is None:
        raise ValidationError(_("The site has no list of programs. Add that page first."))
    page = ProgramPage(title=program.title, slug=_free_slug(index, program.title), program=program, locale=index.locale)
    page.live, page.has_unpublished_changes = False, True
    index.add_child(instance=page)
    page.save_revision(user=by)
    return program


def _free_slug(parent: Page, title: str) -> str:
    base = slugify(title)[:60] or "program"
    slug, number = base, 1
    while Page.objects.child_of(parent).filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug


@transaction.atomic
def change_program(*, program: Program, by: User, **settings: Any) -> Program:
    """Change a program's settings (SETTINGS). Idempotent. Minutes that were counted stay as they were counted.

    Refuses who is not responsible, an unknown setting, what the settings' own rules refuse, and another title or other
    minutes than those that are approved.
    """
    _check(program.school_id, by)
    if unknown := set(settings) - set(SETTINGS):
        raise ValidationError(_("No such setting: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    program = Program.objects.select_for_update().get(pk=program.pk)
    approval = program.approvals.filter(module=None, withdrawn_on=None).first()
    if approval is not None:
        held = {"title": program.title, "externship_minutes": program.externship_minutes}
        for name, value in held.items():
            if settings.get(name, value) != value:
                raise ValidationError(
                    {
                        name: _("It is approved as it is (%(number)s). Withdraw that approval first.")
                        % {"number": str(approval)}
                    }
                )
    for name, value in settings.items():
        setattr(program, name, value)
    if program.externship_minutes and not spec_for(program.rule_set).allows(program.externship_category):
        raise ValidationError({"externship_category": _("Choose a category of the program’s rules for the shifts.")})
    _check_order(program)
    _check_credit(program)
    program.full_clean()
    program.save()
    return program


def _check_order(program: Program) -> None:
    """Refuse lessons in order where one of them waits for a later one."""
    if not program.in_order:
        return
    lessons = Lesson.objects.filter(module__program=program, retired_at=None).select_related("module")
    nodes = [
        Node(lesson.code, lesson.module.code, lesson.all_gates())
        for lesson in lessons.exclude(module__state=Module.State.RETIRED).order_by(*IN_ORDER)
    ]
    stuck = set(never_open(in_line(nodes))) - set(never_open(nodes))
    if stuck:
        first = next(lesson.title for lesson in lessons.order_by(*IN_ORDER) if lesson.code in stuck)
        raise ValidationError(
            {
                "in_order": _("“%(lesson)s” waits for a lesson that comes after it. Change that first.")
                % {"lesson": first}
            }
        )


def _check_credit(program: Program) -> None:
    """Refuse approved minutes for lessons that ask nothing of who finishes them."""
    if program.credit != Program.Credit.AWARDED:
        return
    lessons = Lesson.objects.filter(module__program=program, retired_at=None)
    bare = lessons.filter(min_seat_minutes=0, needs_quiz_percent=None).exclude(module__state=Module.State.RETIRED)
    if names := [lesson.title for lesson in bare.order_by(*IN_ORDER)[:3]]:
        raise ValidationError(
            {"credit": _("Give each lesson a least time or a quiz first: %(names)s.") % {"names": ", ".join(names)}}
        )


@transaction.atomic
def new_version(*, program: Program, by: User) -> Program:
    """Copy a program as its next version: modules, lessons, plans and examinations as rows, pages as
    drafts. It takes nobody yet.

    Learners of the old version stay in it; approvals and groups are not copied. Refuses who is not responsible.
    """
    _check(program.school_id, by)
    newest = Program.objects.filter(school=program.school_id, code=program.code).order_by("-version")[0]
    fresh = Program(school=program.school, code=program.code, version=newest.version + 1, rule_set=program.rule_set)
    for name in SETTINGS:
        setattr(fresh, name, getattr(program, name))
    fresh.is_open = False
    fresh.full_clean()
    fresh.save()
    modules: dict[int, Module] = {}
    lessons: dict[int, Lesson] = {}
    for module in program.modules.exclude(state=Module.State.RETIRED):
        modules[module.pk] = Module.objects.create(
            program=fresh,
            code=module.code,
            version=module.version + 1,
            **{
                name: getattr(module, name)
                for name in (
                    "title", "summary", "objectives", "category", "minutes", "quiz", "lead", "gates", "sort_order",
                )
            },
        )  # fmt: skip
        for lesson in module.lessons.filter(retired_at=None):
            lessons[lesson.pk] = Lesson.objects.create(
                module=modules[module.pk],
                **{name: getattr(lesson, name) for name in PLAN_FIELDS},
                **{name: getattr(lesson, name) for name in ("code", "title", "category", "gates", "sort_order")},
            )
    ProgramBank.objects.bulk_create(
        ProgramBank(program=fresh, bank_id=bank) for bank in program.banks.values_list("bank", flat=True)
    )
    for examination in program.examinations.all():
        copied = ("quiz", "title", "attempts_allowed", "gates", "is_required", "sort_order")
        Examination.objects.create(program=fresh, **{name: getattr(examination, name) for name in copied})
    page = ProgramPage.objects.filter(program=program, alias_of=None).order_by("pk").first()
    if page is not None:
        _copy_pages(page, fresh, modules, lessons, by)
    return fresh


def _copy_pages(
    page: ProgramPage, program: Program, modules: dict[int, Module], lessons: dict[int, Lesson], by: User
) -> None:
    index = page.get_parent()
    title = _("%(title)s, version %(number)d") % {"title": program.title, "number": program.version}
    copy = page.copy(
        recursive=True,
        keep_live=False,
        copy_revisions=False,
        user=by,
        update_attrs={"title": title, "draft_title": title, "slug": _free_slug(index, title)},
    )
    before = [each.specific for each in Page.objects.descendant_of(page, inclusive=True).order_by("path")]
    after = [each.specific for each in Page.objects.descendant_of(copy, inclusive=True).order_by("path")]
    for old, new in zip(before, after, strict=True):
        if isinstance(new, ProgramPage):
            new.program = program
        elif isinstance(new, ModulePage):
            new.module = modules.get(old.module_id)
            new.after_modules = [modules[each.pk] for each in old.after_modules.all() if each.pk in modules]
        elif isinstance(new, LessonPage):
            new.lesson = lessons.get(old.lesson_id)
            new.after_lessons = [lessons[each.pk] for each in old.after_lessons.all() if each.pk in lessons]
            new.after_quizzes = [modules[each.pk] for each in old.after_quizzes.all() if each.pk in modules]
        new.save()
        new.save_revision(user=by)
    open_program_page(ProgramPage.objects.get(pk=copy.pk))
