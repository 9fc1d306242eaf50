"""Owns how texts, drawings and outlines of the catalog stand in templates; decides nothing."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django import template
from django.conf import settings
from django.template.context import RequestContext
from django.template.loader import select_template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from wagtail.rich_text import RichText, expand_db_html

from accounts.models import User

from .. import access, selectors
from ..cleaning import allowed_host, clean_shown_html
from ..models import (
    LESSON_WIDTHS,
    Figure,
    Lesson,
    LessonMedia,
    LessonPage,
    ModulePage,
    Program,
    SchoolDocument,
    SchoolImage,
)
from ..models.pages import program_above

register = template.Library()


@register.filter
def prose(value: Any) -> SafeString:
    """Formatted text, its internal links expanded, cleaned once more on the way out."""
    source = value.source if isinstance(value, RichText) else str(value or "")
    return mark_safe(clean_shown_html(expand_db_html(source)))  # noqa: S308 - cleaned in the same line


@register.simple_tag
def drawing(figure: Figure, place: Any = "") -> SafeString:
    """A figure's drawing with its own title and description; ids are told apart by its place on the page."""
    prefix = f"{figure.id_prefix}{place or 0}-"
    head, _close, shapes = figure.drawing.partition(">")
    shapes, _end, _rest = shapes.rpartition("</svg>")
    names = format_html(
        ' role="img" aria-labelledby="{0}t {0}d"><title id="{0}t">{1}</title><desc id="{0}d">{2}</desc>'
        '<g class="fig" id="{0}art">',
        prefix,
        figure.title,
        figure.description,
    )
    # The stored text has passed the cleaner; its ids all begin with the figure's prefix.
    return mark_safe(head + names + shapes.replace(figure.id_prefix, prefix) + "</g></svg>")  # noqa: S308


@register.simple_tag
def drawing_again(figure: Figure, place: Any = "") -> SafeString:
    """The drawing that stands at this place already, once more: its shapes are not sent twice.

    What is used again is styled by what stands inside of it alone, so the group itself is a `fig`.
    """
    box = figure.drawing.partition('viewBox="')[2].partition('"')[0]
    return format_html(
        '<svg class="fig" viewBox="{}" role="img" aria-label="{}"><use href="#{}{}-art"/></svg>',
        box,
        figure.title,
        figure.id_prefix,
        place or 0,
    )


@register.simple_tag
def spot(place: Any, inside: Any) -> str:
    """Where a drawing stands: its block's place on the page, then its own inside the block."""
    return f"{place or 0}-{inside}"


@register.simple_tag
def length_bar(minutes: int, longest: int) -> SafeString:
    """How long a part is beside the longest one; the figure stands next to it."""
    return format_html(
        '<svg class="len" viewBox="0 0 240 10" preserveAspectRatio="none" aria-hidden="true">'
        '<path d="M0.5 9.5H239.5"/><rect y="2" width="{}" height="7"/></svg>',
        round(240 * minutes / max(longest, 1)),
    )


@register.simple_tag
def plans(program: Program | None) -> list[selectors.Plan]:
    """What a program plans against the rules; nothing while no program is chosen."""
    return selectors.plans_of(program) if program else []


@register.simple_tag
def plan_program(page: Any, parent: Any = None) -> Program | None:
    """The program in whose part of the tree a page stands; a new page, below `parent`."""
    return program_above(page, parent or None)


@register.simple_tag
def quiz_of_page(page: Any, user: Any) -> Any:
    """The quiz that this draft of a module's page names, and whether the editor writes it."""
    return selectors.quizzes_named_by([page], user, drafts=False).get(page.pk)


@register.simple_tag(takes_context=True)
def module_urls(context: RequestContext, page: Any) -> dict[int, str]:
    """Where the modules of this program page's program are presented."""
    return selectors.module_urls(page.program, page.locale.language_code, context.get("request"))


@register.filter
def at_key(found: dict[Any, Any], key: Any) -> Any:
    """One value of a dictionary, or nothing."""
    return found.get(key, "")


@register.simple_tag
def module_line(page: ModulePage) -> selectors.ModuleLine | None:
    """The module of this page with its lessons, in its program's outline. 3 queries."""
    if page.module is None:
        return None
    outline = selectors.program_outline(page.module.program)
    return next((line for line in outline.modules if line.module == page.module), None)


@register.simple_tag
def instructors_of(program: Program) -> list[selectors.ShownInstructor]:
    """Who teaches this program and agreed to be shown. 2 queries, and those of their photos."""
    return selectors.instructors_of(program)


@register.simple_tag
def clip_address(media: LessonMedia, kind: str) -> str:
    """Where a clip's file, captions or poster is asked for."""
    return media.address(kind)


@register.simple_tag
def clip_type(media: LessonMedia) -> str:
    """The media type of a clip's file, or nothing where it is not known."""
    kind = media.part_type("file")
    return "" if kind == "application/octet-stream" else kind


@register.simple_tag(takes_context=True)
def download_address(context: RequestContext, document: SchoolDocument) -> str:
    """Where a lesson's file is asked for: at the lesson once it is published, in the library before; else nowhere."""
    page = context.get("page")
    if context.get("published") and page is not None and page.lesson is not None:
        return f"/learn/lessons/{page.lesson.uuid}/files/{context['block_id']}/"
    return document.url if document.pk else ""


IN_A_PLATE = "(min-width: 50rem) 44rem, 100vw"
ENLARGED = "max(100vw, 52rem)"


@register.simple_tag(takes_context=True)
def photograph(context: RequestContext, image: SchoolImage, part: Any, words: str, kind: str = "") -> SafeString:
    """A photograph of a lesson in two widths; what it takes is known before it is there.

    A published lesson hands it out itself, at the block or step `part`; a draft shows it to those who work with it. The
    `kind` is "" for one that is fetched when it comes near, "first" for one that is fetched at once, "large" for the one
    behind "Enlarge", which is fetched when that is pressed.
    """
    # A picture is never drawn wider than it is, so that a small one has one copy.
    wanted = [width for less, width in pairwise((0, *LESSON_WIDTHS)) if image.width > less]
    sources = [
        (address, min(width, image.width)) for width in wanted if (address := _photo(context, image, part, width))
    ]
    if not sources:
        return SafeString("")
    wide = sources[-1][1]
    names = ["photo", *(["photo--tall"] if image.height > image.width else [])]
    return format_html(
        '<img class="{}" src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}"{} decoding="async">',
        " ".join(names),
        sources[0][0],
        ", ".join(f"{address} {width}w" for address, width in sources),
        ENLARGED if kind == "large" else IN_A_PLATE,
        wide,
        max(round(image.height * wide / image.width), 1),
        words,
        "" if kind == "first" else mark_safe(' loading="lazy"'),
    )


def _photo(context: RequestContext, image: SchoolImage, part: Any, width: int) -> str:
    page = context.get("page")
    if image.pk is None:
        return static("img/sample-photo.svg")
    if context.get("published") and page is not None and page.lesson is not None:
        return f"/learn/lessons/{page.lesson.uuid}/photos/{part}/{width}/"
    copy = image.lesson_copy(width)
    return copy.url if copy else ""


@register.simple_tag
def outside_host(url: str) -> str:
    """The host of an address to which lessons may lead; nothing for any other."""
    return allowed_host(url, settings.EMBED_HOSTS).removeprefix("www.")


@register.filter
def cells(row: Any, columns: Any) -> list[tuple[bool, Any]]:
    """The cells of a table's row, each with whether it is a figure."""
    return [(column["block"].name == "number", cell.value) for column, cell in zip(columns, row, strict=True)]


@register.simple_tag
def right_answers(check: Any) -> list[Any]:
    """The right answers of a self-check."""
    return [choice for choice in check["choices"] if choice.get("correct")]


@register.simple_tag
def outline_of(program: Program | None) -> selectors.Outline | None:
    """What a program holds. 2 queries, 3 where its rule set is not loaded."""
    return selectors.program_outline(program) if program else None


@register.simple_tag
def examinations_of(program: Program) -> list[selectors.ExaminationLine]:
    """By what a program examines outside of its modules. One query."""
    return selectors.examinations_of(program)


@register.simple_tag
def may_examine(user: User, program: Program | None) -> bool:
    """Whether she says by what a program examines. At most two queries."""
    return program is not None and access.may_examine(user, program)


@register.simple_tag(takes_context=True)
def program_cards(context: RequestContext, language: str) -> list[selectors.ProgramCard]:
    """The programs that the site lists in this language."""
    return selectors.program_cards(language=language, request=context.get("request"))


@dataclass(frozen=True)
class DraftLine:
    """One lesson of the outline beside a draft, as the learner's page wants it: nothing of it is begun."""

    lesson: Lesson
    number: str
    readable: bool
    url: str
    state: str = "not_begun"
    minutes: int = 0
    position: int = 0
    finished: bool = False

    @property
    def left(self) -> int:
        """All of its minutes."""
        return self.lesson.minutes

    @property
    def missing(self) -> int:
        """All that finishing it takes."""
        return self.lesson.min_seat_minutes


@register.simple_tag(takes_context=True)
def draft_of_lesson(context: RequestContext, page: LessonPage) -> str:
    """Put what the learner's lesson page expects into the context, with the draft's body; say which template shows it.

    The study room's template as soon as it is there; the catalog's plain one else. Nothing counts in a preview.
    """
    lesson = page.lesson
    module = lesson.module if lesson else page.module_above
    program = module.program if module else None
    lines: list[DraftLine] = []
    if program is not None:
        outline = selectors.program_outline(program)
        inside = next((line.lessons for line in outline.modules if line.module == module), ())
        lines = [
            DraftLine(line.lesson, line.number, line.presented, f"/learn/lessons/{line.lesson.uuid}/")
            for line in inside
        ]
    place = next((i for i, line in enumerate(lines, start=1) if line.lesson == lesson), 0)
    context.update(
        {
            "preview": True,
            "page": page,
            "words": selectors.fresh_body(page),
            "lesson": lesson,
            "module": module,
            "program": program,
            "lines": lines,
            "line": lines[place - 1] if place else None,
            "place": place,
            "crumbs": [],
            # The seat-time box stands there as a learner first sees it; its script is not loaded in a preview.
            "may_count": bool(place),
            "may_finish": False,
            "idle_words": _minutes_in_words(program.idle_seconds) if program else "",
            "gap_words": _minutes_in_words(program.gap_seconds) if program else "",
        }
    )
    return str(select_template(["study/lesson.html", "catalog/lesson_draft.html"]).template.name)


def _minutes_in_words(seconds: int) -> str:
    return _("%(n)g min") % {"n": seconds / 60}
