"""Reads the catalog: what a program holds, the published page of a lesson, its body rendered once a revision."""

import secrets
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import cache
from django.db.models import CharField, Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, override
from wagtail.models import Collection, Revision

from accounts.models import Licence, User
from accounts.prepared import Prepared
from accounts.selectors import checked_licences
from certification.quizzes.models import QuestionBank, Quiz
from certification.quizzes.selectors import gate_words, quiz_as_written, quiz_rows
from certification.records.selectors import crossing_of, crosswalks_to
from certification.requirements.models import RuleSet
from certification.requirements.rules import Category, Entry, RuleSetSpec, cross
from certification.requirements.selectors import spec_for, versions_of

from .marking import Body, Terms, body_from, named_block, with_heading_ids
from .models import (
    IN_ORDER,
    EditorialOffice,
    Examination,
    GlossaryTerm,
    InstructorProfile,
    Lesson,
    LessonChange,
    LessonMedia,
    LessonPage,
    LibraryEdition,
    Module,
    ModulePage,
    Program,
    ProgramPage,
    SchoolImage,
)
from .models.offers import banks_of

PLATES = {"figure", "photo", "hotspots"}
"""The blocks that are numbered as plates."""
WITH_PLACES = {"prose", "steps", "comparison", "case_study"}
"""Blocks whose headings are places in a lesson, to which a learner can come back."""
MOST_BODIES = 300
"""So many bodies of lessons, of some 100 kB each, does a process keep in its memory."""


@dataclass(frozen=True)
class LessonLine:
    """One lesson of an outline; `presented` says that a published page shows it."""

    lesson: Lesson
    number: str
    presented: bool


@dataclass(frozen=True)
class ModuleLine:
    """One module of an outline with its lessons."""

    module: Module
    number: int
    lessons: tuple[LessonLine, ...]

    @property
    def ready(self) -> bool:
        """Whether it can be studied: complete, with a published lesson."""
        return self.module.state == Module.State.COMPLETE and any(line.presented for line in self.lessons)

    @property
    def online(self) -> tuple[LessonLine, ...]:
        """The lessons that can be read."""
        return tuple(line for line in self.lessons if line.presented)

    @property
    def online_minutes(self) -> int:
        """Minutes of the lessons that can be read."""
        return sum(line.lesson.minutes for line in self.online)


@dataclass(frozen=True)
class CategoryLine:
    """One category of the rule set: minutes it requires, minutes the program plans, and of these already written."""

    code: str
    title: str
    required: int
    planned: int
    ready: int
    modules: tuple[ModuleLine, ...]

    @property
    def short(self) -> int:
        """Planned minutes that are missing to the requirement."""
        return max(self.required - self.planned, 0)


@dataclass(frozen=True)
class Outline:
    """What a program holds, in its own order and by the categories of its rule set."""

    program: Program
    modules: tuple[ModuleLine, ...]
    categories: tuple[CategoryLine, ...]
    required: int
    rules_title: str
    rules_label: str
    rules_status: str
    unit: int
    """Minutes that make one hour in its rule set."""
    lessons: dict[int, LessonLine] = field(default_factory=dict)

    @property
    def planned(self) -> int:
        """Minutes of all modules and of the externship."""
        return sum(line.module.minutes for line in self.modules) + self.program.externship_minutes

    @property
    def longest(self) -> int:
        """Minutes of the longest part, for drawing the others beside it."""
        return max([line.module.minutes for line in self.modules] + [self.program.externship_minutes, 1])

    @property
    def online(self) -> int:
        """Minutes of the lessons that can be studied now."""
        return sum(line.online_minutes for line in self.modules if line.ready)

    @property
    def ready(self) -> tuple[ModuleLine, ...]:
        """Modules that can be studied."""
        return tuple(line for line in self.modules if line.ready)

    @property
    def in_preparation(self) -> tuple[ModuleLine, ...]:
        """Modules that are announced, not written."""
        return tuple(line for line in self.modules if not line.ready)

    def neighbors(self, lesson: Lesson) -> tuple[Lesson | None, Lesson | None]:
        """The lessons before and after this one in the program's order, among those that can be read."""
        order = [line.lesson for module in self.modules for line in module.lessons if line.presented]
        at = next((i for i, other in enumerate(order) if other.pk == lesson.pk), None)
        if at is None:
            return None, None
        return (order[at - 1] if at else None), (order[at + 1] if at + 1 < len(order) else None)


def foreign_language() -> str | None:
    """The reader's language, where it is another than the one in which modules and lessons have their titles."""
    language = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    return None if language == settings.LANGUAGE_CODE else language


def modules_in(language: str | None, modules: QuerySet[Module]) -> QuerySet[Module]:
    """These modules with title and summary in a language, where a page is published in it. No further query."""
    if language is None:
        return modules
    pages = _published_words(ModulePage, "module", OuterRef("pk"), language)
    return modules.annotate(
        local_title=Subquery(pages.values("title")[:1]), local_summary=Subquery(pages.values("summary")[:1])
    )


def lessons_in_language(language: str | None, lessons: QuerySet[Lesson], *, module: bool = False) -> QuerySet[Lesson]:
    """These lessons with their title in a language, and with `module` that of their module as `module_title`."""
    if language is None:
        return lessons
    pages = _published_words(LessonPage, "lesson", OuterRef("pk"), language)
    lessons = lessons.annotate(local_title=Subquery(pages.values("title")[:1]))
    if module:
        above = _published_words(ModulePage, "module", OuterRef("module_id"), language)
        lessons = lessons.annotate(module_title=Subquery(above.values("title")[:1]))
    return lessons


def _published_words(model: Any, presents: str, key: Any, language: str) -> QuerySet[Any]:
    pages: QuerySet[Any] = model.objects.filter(
        **{presents: key}, live=True, alias_of=None, locale__language_code=language
    ).order_by("pk")
    return pages


def part_number() -> Subquery:
    """For a queryset of lessons: the place of each one's module in its program, counted as `program_outline` counts."""
    module = Module.objects.exclude(state=Module.State.RETIRED).filter(program=OuterRef("module__program"))
    before = module.filter(
        Q(sort_order__lt=OuterRef("module__sort_order"))
        | Q(sort_order=OuterRef("module__sort_order"), pk__lte=OuterRef("module"))
    )
    return Subquery(before.order_by().values("program").annotate(n=Count("pk")).values("n"))


def program_outline(program: Program) -> Outline:
    """Modules and lessons of a program, and its minutes by category of the rule set; titles in the reader's language.

    2 queries, 3 where the program's rule set is not loaded yet. Retired modules and lessons are left out.
    """
    language = foreign_language()
    live = LessonPage.objects.filter(lesson=OuterRef("pk"), live=True, alias_of=None)
    standing = Lesson.objects.filter(retired_at=None).annotate(presented=Exists(live))
    lessons = lessons_in_language(language, standing)
    taught = modules_in(language, program.modules.exclude(state=Module.State.RETIRED))
    modules = taught.prefetch_related(Prefetch("lessons", queryset=lessons))
    lines = []
    by_lesson: dict[int, LessonLine] = {}
    for number, module in enumerate(modules, start=1):
        inside = tuple(
            LessonLine(lesson, f"{number}.{place}", bool(getattr(lesson, "presented", False)))
            for place, lesson in enumerate(module.lessons.all(), start=1)
        )
        by_lesson |= {line.lesson.pk: line for line in inside}
        lines.append(ModuleLine(module, number, inside))
    spec = spec_for(program.rule_set)
    return Outline(
        program=program,
        modules=tuple(lines),
        categories=tuple(_category(node, lines, program) for node in spec.categories),
        required=spec.required,
        rules_title=spec.title,
        rules_label=spec.label,
        rules_status=program.rule_set.get_status_display(),
        unit=spec.unit_minutes,
        lessons=by_lesson,
    )


def _category(node: Category, lines: list[ModuleLine], program: Program) -> CategoryLine:
    codes = {below.code for below in node.walk()}
    inside = tuple(line for line in lines if line.module.category in codes)
    return CategoryLine(
        code=node.code,
        title=node.title,
        required=node.required,
        planned=sum(line.module.minutes for line in inside)
        + (program.externship_minutes if program.externship_category in codes else 0),
        ready=sum(line.online_minutes for line in inside if line.ready),
        modules=inside,
    )


@dataclass(frozen=True)
class PlanLine:
    """One category that asks for minutes, and what the program's modules and externship plan for it."""

    code: str
    title: str
    depth: int
    required: int
    planned: int

    @property
    def short(self) -> int:
        """Minutes that the program does not plan."""
        return max(self.required - self.planned, 0)


@dataclass(frozen=True)
class Plan:
    """A program's planned minutes against one rule set; `unplaced` minutes have no place in it by the school's word.

    Plans know no dates, no delivery and no tags, so gates, caps, overlays and maxima are not judged here.
    """

    rule_set: RuleSet
    lines: tuple[PlanLine, ...]
    required: int
    planned: int
    unplaced: int
    unit: int
    """Minutes that make one hour in the rule set."""

    @property
    def short(self) -> int:
        """Minutes missing to the total."""
        return max(self.required - self.planned, 0)


def plans_of(program: Program) -> list[Plan]:
    """What a program plans against its own rules, then against each that its school has placed its hours in. 4 queries."""
    entries = [
        Entry(date=date.min, minutes=module.minutes, category=module.category, course=module.course)
        for module in program.modules.exclude(state=Module.State.RETIRED)
    ]
    if program.externship_minutes:
        entries.append(Entry(date=date.min, minutes=program.externship_minutes, category=program.externship_category))
    own = spec_for(program.rule_set)
    plans = [_plan(program.rule_set, own, entries, 0)]
    crosswalks = list(crosswalks_to(program.school, own.id))
    versions = versions_of(crosswalk.target for crosswalk in crosswalks)
    for crosswalk in crosswalks:
        rule_set = versions[crosswalk.target][-1]
        spec = spec_for(rule_set)
        crossings = [crossing_of(line) for line in crosswalk.lines.all() if spec.allows(line.to_category)]
        crossed = cross(entries, crossings, spec=own)
        plans.append(_plan(rule_set, spec, crossed.entries, sum(minutes for _code, minutes in crossed.unplaced)))
    return plans


def _plan(rule_set: RuleSet, spec: RuleSetSpec, entries: Sequence[Entry], unplaced: int) -> Plan:
    def lines(nodes: Sequence[Category], depth: int) -> Iterator[PlanLine]:
        for node in nodes:
            codes = spec.codes_under(node.code)
            planned = sum(entry.minutes for entry in entries if entry.category in codes)
            if node.required:
                yield PlanLine(node.code, node.title, depth, node.required, planned)
            yield from lines(node.children, depth + 1)

    planned = sum(entry.minutes for entry in entries)
    return Plan(rule_set, tuple(lines(spec.categories, 0)), spec.required, planned, unplaced, spec.unit_minutes)


@dataclass(frozen=True)
class ProgramCard:
    """One program as the site lists it."""

    page: ProgramPage
    program: Program
    url: str
    outline: Outline


def program_cards(*, language: str, request: HttpRequest | None = None) -> list[ProgramCard]:
    """The programs with a published page in this language that still take learners. 4 queries at most, 2 more a program."""
    pages = (
        ProgramPage.objects.live().public()
        .filter(locale__language_code=language, program__isnull=False, alias_of=None)
        .select_related("program__rule_set", "program__school")
        .order_by("path")
    )  # fmt: skip
    return [
        ProgramCard(page, page.program, page.get_url(request) or "", program_outline(page.program))
        for page in pages
        if page.program.is_open
    ]


def program_page(program: Program, language: str = "en") -> ProgramPage | None:
    """The published page of a program, in this language or else in any. 1 query."""
    pages = ProgramPage.objects.live().filter(program=program, alias_of=None).select_related("locale").order_by("pk")
    found = list(pages.defer_streamfields())
    return next((page for page in found if page.locale.language_code == language), found[0] if found else None)


def module_urls(program: Program, language: str, request: HttpRequest | None = None) -> dict[int, str]:
    """The addresses of the published pages of a program's modules in this language, by module. 1 query."""
    pages = ModulePage.objects.live().filter(module__program=program, alias_of=None, locale__language_code=language)
    return {page.module_id: page.get_url(request) or "" for page in pages}


def lesson_page(lesson: Lesson, language: str | None = None) -> LessonPage | None:
    """The published page of a lesson, in `language` or else in the first that there is. 1 query.

    Its body stays in the database until somebody reads it: mostly nobody does, since `rendered_body` has it. It knows
    in which languages the lesson is published (`languages`), and how a translation stands to its original (`standing`).
    """
    wanted = (language or get_language() or "en").split("-")[0]
    found = _published_pages(lesson=lesson.pk)
    page = next((page for page in found if page.locale.language_code == wanted), found[0] if found else None)
    if page is not None:
        page.read_as_published = True
        page.languages = [each.locale.language_code for each in found]
        page.standing = _standing(page, found)
    return page


def _pages_of(lesson: int) -> QuerySet[LessonPage]:
    own = Revision.objects.filter(object_id=Cast(OuterRef(OuterRef("pk")), CharField())).values("pk")
    redone = LessonChange.objects.filter(
        lesson=OuterRef("lesson_id"), kind=LessonChange.Kind.REDO, published_at__isnull=False, revision__in=own
    ).order_by("-revision")
    return (
        LessonPage.objects.filter(lesson=lesson, live=True, alias_of=None)
        .select_related("locale")
        .annotate(
            redo_revision=Subquery(redone.values("revision")[:1]),
            edition=Subquery(LibraryEdition.objects.values("name")[:1]),
        )
        .defer("body")
        .order_by("pk")
    )


_published_pages = Prepared(_pages_of, lesson=int)


def _standing(page: Any, published: Sequence[Any]) -> str:
    """How a translation stands to its original, by the revisions that are published.

    `redo`: since it followed the original, that was changed so that all must go through it again. `older`: the
    original was published anew otherwise. Empty: it says what the original says, or is nobody's translation.
    """
    if not page.is_translation:
        return ""
    original = next(
        (each for each in published if each.translation_key == page.translation_key and each.follows is None), None
    )
    if original is None or original.live_revision_id == page.follows:
        return ""
    return "redo" if (original.redo_revision or 0) > page.follows else "older"


def lesson_revision(page: LessonPage) -> str:
    """Names the published revision of a lesson's words, for the hours that it gives: `en-57`. No query."""
    return f"{page.locale.language_code}-{page.live_revision_id or 0}"


def body_of(page: LessonPage) -> Body:
    """The body of a published lesson page. No query while this process has it; else the cache's one, and its own.

    Kept by page, published revision, state of the library and release. Only a page that `lesson_page` gave is kept: an
    object built from a draft has the same ids and other words.
    """
    if not getattr(page, "read_as_published", False) or page.live_revision_id is None:
        return body_from(str(fresh_body(page)))
    revision = (page.pk, page.live_revision_id, page.last_published_at)
    edition: str = page.edition or ""
    kept_under, body = _bodies.get(revision, ("", None))
    if body is not None and kept_under == edition:
        return body
    published = int(page.last_published_at.timestamp() * 1_000_000) if page.last_published_at else 0
    # A body names files by the names that they have in this release.
    icons = zlib.crc32(static("img/icons.svg").encode())
    key = f"catalog:body:3:{page.pk}:{page.live_revision_id}:{published}:{icons:x}"
    kept_under, html = cache.get(key, ("", ""))
    if not html or kept_under != edition:
        html = str(fresh_body(page))
        cache.set(key, (edition, html), timeout=None)
    if len(_bodies) >= MOST_BODIES:
        _bodies.clear()
    body = body_from(html)
    _bodies[revision] = (edition, body)
    return body


_bodies: dict[tuple[int, int, datetime | None], tuple[str, Body]] = {}


def forget_bodies() -> None:
    """Let this process read or render all bodies anew."""
    _bodies.clear()


def rendered_body(page: LessonPage) -> SafeString:
    """The same as HTML."""
    return mark_safe(body_of(page).html)  # noqa: S308 - rendered by our own block templates


def new_library_edition() -> None:
    """Let every kept body be rendered anew; called when a figure, picture, clip, file or term changes. 1 query, at first 2."""
    name = secrets.token_hex(16)
    if not LibraryEdition.objects.update(name=name):
        LibraryEdition.objects.create(pk=1, name=name)


def fresh_body(page: LessonPage) -> SafeString:
    """The body of a lesson page rendered now: for drafts, previews and the cache. Figures are numbered in order.

    The first time that each term of the school's glossary stands in running text it is marked; those that were found
    are listed at the end.
    """
    parts = []
    plates = checks = 0
    headings: set[str] = set()
    language = page.locale.language_code
    glossary = {term.pk: term for term in _terms_of_lesson(page, language)}
    terms = Terms({key: term.forms for key, term in glossary.items()})
    with override(language):
        first_photo = next((child.id for child in page.body if child.block_type == "photo"), None)
        for place, child in enumerate(page.body, start=1):
            plates += child.block_type in PLATES
            checks += child.block_type == "self_check"
            context = {
                "place": place,
                "plate_number": plates,
                "check_number": checks,
                "block_id": child.id,
                # What is further down is fetched when it comes near.
                "at_once": child.block_type == "photo" and child.id == first_photo,
                "page": page,
                # A published lesson hands out its files itself; in a draft its editors open them in the library.
                "published": getattr(page, "read_as_published", False),
            }
            html = child.render(context)
            if child.block_type in WITH_PLACES:
                html = with_heading_ids(html, headings)
            html = terms.mark(html) if child.block_type == "prose" else html
            parts.append(named_block(html, child.id) if child.id else html)
            if child.block_type == "term" and child.value["term"] and child.value["term"].pk not in terms.found:
                terms.found.append(child.value["term"].pk)
        found = [term for key, term in glossary.items() if key in terms.found]
        if found:
            parts.append(render_to_string("blocks/_terms.html", {"terms": found, "page": page}))
    return mark_safe("\n".join(parts))  # noqa: S308 - rendered by our own block templates


def _terms_of_lesson(page: LessonPage, language: str) -> QuerySet[GlossaryTerm]:
    """The terms of the school whose lesson a page presents; none while it presents none. 1 query."""
    offices = EditorialOffice.objects.filter(school__programs__modules__lessons=page.lesson_id or 0)
    return GlossaryTerm.objects.filter(collection__in=offices.values("collection"), language=language)


def glossary_of(program: Program, language: str | None = None) -> list[GlossaryTerm]:
    """The words of a program's school: in `language`, or else in all that it has. 1 query.

    Their figures come by name; a drawing is read when it is shown, by a query of its own.
    """
    wanted = (language or get_language() or "en").split("-")[0]
    offices = EditorialOffice.objects.filter(school=program.school_id)
    found = list(
        GlossaryTerm.objects.filter(collection__in=offices.values("collection"))
        .select_related("figure")
        .defer("figure__drawing")
    )  # fmt: skip
    return [term for term in found if term.language.split("-")[0] == wanted] or found


def teachers_in(collections: Iterable[Collection]) -> QuerySet[User]:
    """Who instructs now at the schools whose libraries these are. 1 query."""
    return User.objects.filter(
        is_active=True,
        memberships__role="instructor",
        memberships__until=None,
        memberships__organisation__editorial_office__collection__in=list(collections),
    ).distinct().order_by("legal_name", "pk")  # fmt: skip


@dataclass(frozen=True)
class ShownInstructor:
    """One person on a program's public page: what she agreed to show, and licenses as the school checked them."""

    profile: InstructorProfile
    licences: tuple[Licence, ...]


def instructors_of(program: Program) -> list[ShownInstructor]:
    """Who teaches a program, of those whose profile is public and who instruct at its school now. 2 queries.

    Licenses are shown when somebody at a school checked them and they are in force today, in the school's zone.
    """
    profiles = list(
        InstructorProfile.objects.filter(
            is_public=True,
            collection__in=EditorialOffice.objects.filter(school=program.school_id).values("collection"),
            user__is_active=True,
            user__teams__team__program=program,
            user__memberships__organisation=program.school_id,
            user__memberships__role="instructor",
            user__memberships__until=None,
        )
        .select_related("photo")
        .distinct()
    )
    today = timezone.localdate(timezone=ZoneInfo(program.school.zone))
    licences = checked_licences([profile.user_id for profile in profiles], on=today) if profiles else {}
    return [ShownInstructor(profile, tuple(licences.get(profile.user_id, ()))) for profile in profiles]


def block_of(page: LessonPage, kind: str, uuid: UUID) -> Any:
    """The value of this block of a lesson's body, or None. Reads the body: some queries, by what it names."""
    return next((child.value for child in page.body if child.block_type == kind and child.id == str(uuid)), None)


def photo_in(page: LessonPage, part: UUID) -> SchoolImage | None:
    """The photograph that this block of a lesson's body shows, or this step of a technique. 2 queries: body, picture.

    The rest of the body is not made of it.
    """
    wanted = str(part)
    for block in page.body.raw_data:
        found = None
        if block["type"] == "photo" and block.get("id") == wanted:
            found = block["value"].get("image")
        elif block["type"] == "steps":
            steps = block["value"].get("steps") or []
            found = next((step["value"].get("photo") for step in steps if step.get("id") == wanted), None)
        if found is not None:
            return SchoolImage.objects.filter(pk=found).first()
    return None


def lessons_using(media: LessonMedia) -> QuerySet[Lesson]:
    """The lessons whose published pages show this clip: who may study one of them may play it. 1 query when read."""
    return Lesson.objects.filter(media_uses__media=media).distinct()


def shows_clip(lesson: UUID, clip: UUID) -> bool:
    """Whether a published page of this lesson shows this clip. One query."""
    return LessonMedia.objects.filter(uuid=clip, uses__lesson__uuid=lesson).exists()


@dataclass(frozen=True, slots=True)
class QuizOfModule:
    """The quiz that a module's page names."""

    uuid: UUID
    title: str
    asked: int
    """How many of its questions are in use."""
    waiting: bool
    """Whether something of it is not asked yet."""
    hers: bool
    """Whether the editor writes in its bank."""


def quizzes_named_by(pages: Sequence[ModulePage], user: User, *, drafts: bool = True) -> dict[int, QuizOfModule]:
    """The quizzes of these pages by page, those that their newest drafts name unless the pages are drafts. Three queries."""
    named = {page.pk: page.quiz_id for page in pages}
    if drafts:
        newest = {page.latest_revision_id: page.pk for page in pages if page.has_unpublished_changes}
        for revision, quiz in Revision.objects.filter(pk__in=newest).values_list("pk", "content__quiz"):
            named[newest[revision]] = quiz
    wanted = {quiz for quiz in named.values() if quiz}
    banks = QuestionBank.objects.filter(quizzes__in=wanted)
    hers = set(banks_of(user).filter(quizzes__in=wanted).values_list("pk", flat=True))
    rows = {row.pk: row for row in quiz_rows(banks).filter(pk__in=wanted)}
    others = Quiz.objects.filter(pk__in=wanted, bank=None) if len(rows) < len(wanted) else ()
    found = {quiz.pk: QuizOfModule(quiz.uuid, quiz.title, 0, False, False) for quiz in others}
    for row in rows.values():
        draft = getattr(row, "draft", None)
        title = draft.title if draft is not None else row.title
        found[row.pk] = QuizOfModule(row.uuid, title, row.asked, row.waiting, row.bank_id in hers)
    return {page: found[quiz] for page, quiz in named.items() if quiz in found}


def pages_about_to_ask(quiz: Quiz) -> list[ModulePage]:
    """The modules' pages whose newest drafts name a quiz that their modules do not have yet. One query."""
    pages = ModulePage.objects.filter(latest_revision__content__quiz=quiz.pk, has_unpublished_changes=True)
    return list(pages.exclude(module__quiz=quiz).order_by("path"))


def names_for_gates(quiz: Quiz) -> dict[str, dict[str, str]]:
    """What may stand before a quiz: lessons, modules with another quiz, and categories, code to title, of the programs
    that ask it or write in its bank. Four queries, and what the rule sets take.
    """
    asks = Q(modules__quiz=quiz) | Q(examinations__quiz=quiz)
    if quiz.bank:
        asks |= Q(banks__bank=quiz.bank)
    programs = list(Program.objects.filter(asks).select_related("rule_set").distinct().order_by("code", "version"))
    lessons = Lesson.objects.filter(module__program__in=programs, retired_at=None).order_by(*IN_ORDER)
    modules = Module.objects.filter(program__in=programs, quiz__isnull=False).exclude(quiz=quiz)
    categories = {
        node.code: node.title
        for program in programs
        for top in spec_for(program.rule_set).categories
        for node in top.walk()
    }
    for gate in quiz_as_written(quiz).rules.gates:
        if gate.kind == "minutes" and gate.code:
            categories.setdefault(gate.code, gate.title or gate.code)
    return {
        "lessons": dict(lessons.values_list("code", "title")),
        "quizzes": dict(modules.order_by("sort_order", "pk").values_list("code", "title")),
        "categories": categories,
    }


# ---- examinations ----


@dataclass(frozen=True, slots=True)
class ExaminationLine:
    """One examination of a program as the public reads it: what must come before it, in words."""

    examination: Examination
    before: tuple[str, ...]


def examinations_of(program: Program) -> list[ExaminationLine]:
    """A program's examinations in their order. One query, and that of its rule set where it is not loaded."""
    return [
        ExaminationLine(each, tuple(gate_words(gate, program.rule_set) for gate in each.all_gates))
        for each in program.examinations.select_related("quiz")
    ]


def quizzes_to_examine_by(program: Program, hers: QuerySet[Quiz]) -> QuerySet[Quiz]:
    """Those of `hers` by which the program could examine: of its school, in use, no module's and not taken. One query."""
    taken = Q(modules__program=program) | Q(examinations__program=program) | Q(code__in=program.modules.values("code"))
    asking = hers.filter(school=program.school_id, items__isnull=False)
    return asking.exclude(pk__in=Quiz.objects.filter(taken).values("pk")).distinct().order_by("title", "pk")


def names_for_examination(program: Program, quiz: Quiz | None) -> dict[str, dict[str, str]]:
    """What may stand before an examination of a program: its lessons, what instructors mark, its modules with a quiz and
    other examinations, and categories; code to title. Three queries, and what the rule set takes.
    """
    lessons = Lesson.objects.filter(module__program=program, retired_at=None)
    lessons = lessons.exclude(module__state=Module.State.RETIRED).order_by(*IN_ORDER)
    modules = program.modules.exclude(state=Module.State.RETIRED).exclude(quiz=None)
    others = program.examinations.exclude(quiz=quiz).values_list("quiz__code", "title")
    rows = list(lessons.values_list("code", "title", "needs_mark"))
    return {
        "lessons": {code: title for code, title, _marked in rows},
        "marks": {code: title for code, title, marked in rows if marked},
        "quizzes": {**dict(modules.values_list("code", "title")), **dict(others)},
        "categories": {node.code: node.title for top in spec_for(program.rule_set).categories for node in top.walk()},
    }
