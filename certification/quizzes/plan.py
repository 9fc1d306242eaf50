"""What a quiz asks, as its authors put it in order: sections, questions by name, and draws from banks. Pure.

As it is stored in a draft, a plan is a list of `{section, intro}`, `{question, points}` and
`{draw: {bank, category, difficulty, tag}, count, points}`; questions and banks go by their uuid.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SectionLine:
    """Here a section begins; what follows stands in it, up to the next."""

    title: str
    intro: str = ""


@dataclass(frozen=True, slots=True)
class AskLine:
    """This question (by its uuid) is asked, for so many points."""

    question: UUID
    points: int = 1


@dataclass(frozen=True, slots=True)
class DrawLine:
    """So many questions of a bank (by its uuid) are drawn for each attempt; `points` are of each.

    `category` takes in what lies below it. What is empty asks for nothing.
    """

    bank: UUID
    category: str = ""
    difficulty: str = ""
    tag: str = ""
    count: int = 1
    points: int = 1

    @property
    def is_bare(self) -> bool:
        """Whether it was only begun: one question of the whole bank."""
        return self.count == 1 and not (self.category or self.difficulty or self.tag)


Line = SectionLine | AskLine | DrawLine


def stored(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """The lines as a draft stores them."""
    return [_stored(line) for line in lines]


def _stored(line: Line) -> dict[str, Any]:
    if isinstance(line, SectionLine):
        return {"section": line.title, "intro": line.intro}
    if isinstance(line, AskLine):
        return {"question": str(line.question), "points": line.points}
    draw = {"bank": str(line.bank), "category": line.category, "difficulty": line.difficulty, "tag": line.tag}
    return {"draw": draw, "count": line.count, "points": line.points}


def read(items: Iterable[Mapping[str, Any]]) -> tuple[Line, ...]:
    """The lines that a draft stores; what `stored` wrote comes back as it was."""
    return tuple(_read(item) for item in items)


def _read(item: Mapping[str, Any]) -> Line:
    if "section" in item:
        return SectionLine(item["section"], item.get("intro", ""))
    if "question" in item:
        return AskLine(UUID(item["question"]), item["points"])
    draw = item["draw"]
    return DrawLine(
        bank=UUID(draw["bank"]),
        category=draw.get("category", ""),
        difficulty=draw.get("difficulty", ""),
        tag=draw.get("tag", ""),
        count=item["count"],
        points=item["points"],
    )


def fits(draw: DrawLine, *, category: str, difficulty: str, tags: Iterable[str]) -> bool:
    """Say whether a question of the draw's bank is one that it may take. Tags are compared in small letters."""
    below = category == draw.category or category.startswith(f"{draw.category}/")
    return (
        (not draw.category or below)
        and (not draw.difficulty or difficulty == draw.difficulty)
        and (not draw.tag or draw.tag.lower() in tags)
    )
