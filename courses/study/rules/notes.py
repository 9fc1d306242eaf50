"""Notes and marked passages: how a passage is named, how notes are searched and written down to take away. Pure.

A passage is a text-quote selector of the W3C Web Annotation model. Where it stands in the lesson's words of today is
found in the browser (`static/js/anchoring.js`), which alone sees the words as they are shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from unicodedata import combining, normalize
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Anchor:
    """A passage: its words, those before and after, and the block in which it began."""

    exact: str
    prefix: str = ""
    suffix: str = ""
    block: UUID | None = None


def drawn_together(text: str) -> str:
    """The text with each run of blanks as one, none at the ends; without signs that no database keeps."""
    return " ".join(text.replace("\x00", "").split())


def anchor_of(*, exact: str, prefix: str = "", suffix: str = "", block: str = "", context: int) -> Anchor | None:
    """The passage that a page names, or None where it names none.

    Of what stands around it the `context` characters next to it are kept. A block that is no id is left out: it only
    helps to find a passage sooner.
    """
    words = drawn_together(exact)
    if not words:
        return None
    before, after = " ".join(prefix.replace("\x00", "").split()), " ".join(suffix.replace("\x00", "").split())
    # The blank between a passage and its neighbors is part of the context, at one end only.
    before = before + " " if before and prefix[-1:].isspace() else before
    after = " " + after if after and suffix[:1].isspace() else after
    try:
        place = UUID(block)
    except ValueError:
        place = None
    return Anchor(words, before[-context:], after[:context], place)


def folded(text: str) -> str:
    """A text as it is looked up: without accents, capitals and doubled blanks."""
    return " ".join("".join(sign for sign in normalize("NFKD", text) if not combining(sign)).casefold().split())


def holds(asked: str, *texts: str) -> bool:
    """Whether each word that was asked for stands in one of the texts."""
    inside = [folded(text) for text in texts]
    return all(any(word in text for text in inside) for word in folded(asked).split())


@dataclass(frozen=True, slots=True)
class Told:
    """One note to take away: the marked words, what she wrote, the day of its last change."""

    exact: str
    text: str
    on: date


@dataclass(frozen=True, slots=True)
class ToldLesson:
    """The notes of one lesson, in its order."""

    part: str
    title: str
    notes: Sequence[Told]


MARKUP = "\\`*_[]<>#+-=|~!&"


def plain_in_markdown(text: str) -> str:
    """Words as Markdown that says just them: every sign that means something there is escaped."""
    return "".join(f"\\{sign}" if sign in MARKUP else sign for sign in text)


def _numbered(line: str) -> str:
    """A line that would begin a numbered list, kept a line."""
    digits = len(line) - len(line.lstrip("0123456789"))
    return f"{line[:digits]}\\{line[digits:]}" if digits and line[digits : digits + 1] in (".", ")") else line


def as_markdown(title: str, lessons: Iterable[ToldLesson]) -> str:
    """All notes as Markdown: a heading a part and a lesson, marked words as quotations, what she wrote below."""
    lines = [f"# {plain_in_markdown(title)}"]
    part = ""
    for lesson in lessons:
        if lesson.part != part:
            part = lesson.part
            lines += ["", f"## {plain_in_markdown(part)}"]
        lines += ["", f"### {plain_in_markdown(lesson.title)}"]
        for note in lesson.notes:
            if note.exact:
                lines += ["", f"> {_numbered(plain_in_markdown(note.exact))}"]
            if note.text:
                # Two blanks end a line without ending the paragraph.
                lines += ["", "  \n".join(_numbered(plain_in_markdown(line.strip())) for line in note.text.split("\n"))]
            lines += ["", f"*{note.on.isoformat()}*"]
    return "\n".join(lines) + "\n"


def as_text(title: str, lessons: Iterable[ToldLesson]) -> str:
    """All notes as plain text: marked words in quotation marks, what she wrote below, set in."""
    lines = [title, "=" * len(title)]
    part = ""
    for lesson in lessons:
        if lesson.part != part:
            part = lesson.part
            lines += ["", part.upper()]
        lines += ["", lesson.title, "-" * len(lesson.title)]
        for note in lesson.notes:
            lines += ["", note.on.isoformat()]
            if note.exact:
                lines += [f"“{note.exact}”"]
            if note.text:
                lines += [f"    {line}".rstrip() for line in note.text.split("\n")]
    return "\n".join(lines) + "\n"
