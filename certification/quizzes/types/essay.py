"""Essay: a longer text that somebody marks by a rubric. Not among `KINDS`: nothing marks it yet, so none is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .base import (
    Answer,
    BadQuestionError,
    Choice,
    QuestionType,
    Told,
    UnreadableAnswerError,
    fields,
    key_of,
    listed,
    no_choices,
    one_text,
    text_of,
    unique,
    whole_of,
)

MOST_SIGNS = 20_000
MOST_WORDS = 5_000
MOST_POINTS = 100


@dataclass(frozen=True, slots=True)
class Level:
    """What a text is like that earns so many points of a criterion."""

    points: int
    text: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of a rubric, the points that it is worth, and its levels."""

    key: str
    title: str
    points: int
    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class Essay:
    """The rubric, and how long the text should be, in words."""

    rubric: tuple[Criterion, ...]
    least_words: int
    most_words: int


@dataclass(frozen=True, slots=True)
class AskedEssay:
    """What she wrote, and how long it should be."""

    value: str
    least_words: int
    most_words: int


class EssayType(QuestionType[Essay]):
    """A text without a share until somebody marks it."""

    kind = "essay"
    label = gettext_lazy("Essay")
    prompt = gettext_lazy("Write a text of your own.")

    def parse(self, choices: Sequence[Choice], content: Mapping[str, Any]) -> Essay:
        """One criterion or more; bounds of length in their order."""
        no_choices(choices)
        content = fields(content, _("Content"), need=("rubric", "least_words", "most_words"))
        rubric = tuple(_criterion(row) for row in listed(content["rubric"], _("Rubric")))
        unique((criterion.key for criterion in rubric), _("Rubric"))
        least = whole_of(content["least_words"], _("Least words"), least=0, most=MOST_WORDS)
        most = whole_of(content["most_words"], _("Most words"), least=1, most=MOST_WORDS)
        if least > most:
            raise BadQuestionError(_("The least words are no more than the most."))
        return Essay(rubric, least, most)

    def rule(self, c: Essay) -> str:
        """By the rubric, by a person."""
        return _("A person marks it, by: %s.") % ", ".join(criterion.title for criterion in c.rubric)

    def names(self, c: Essay) -> tuple[str, ...]:
        """Nothing."""
        return ()

    def read(self, raw: object, c: Essay) -> Answer:
        """The text with its paragraphs; its length in words is the marker's business."""
        text = one_text(raw).replace("\r\n", "\n").replace("\r", "\n")
        text = "".join(sign for sign in text if sign in "\n\t" or sign.isprintable()).strip()
        if len(text) > MOST_SIGNS:
            raise UnreadableAnswerError(_("Write %d signs at most.") % MOST_SIGNS)
        return [text] if text else []

    def share(self, answer: Answer, c: Essay) -> None:
        """None: somebody must mark it."""
        return

    def shown(self, c: Essay, order: Sequence[str], answer: Answer) -> AskedEssay:
        """What she wrote."""
        return AskedEssay("".join(answer[:1]), c.least_words, c.most_words)

    def told(self, c: Essay, order: Sequence[str], answer: Answer, *, feedback: bool, key: bool) -> tuple[Told, ...]:
        """One line: hers. What earned what is its mark's."""
        return (Told(text="", chosen=bool(answer), correct=None, given="".join(answer[:1])),)

    def texts(self, c: Essay) -> tuple[str, ...]:
        """The rubric's titles."""
        return tuple(criterion.title for criterion in c.rubric)


def _criterion(raw: object) -> Criterion:
    row = fields(raw, _("Criterion"), need=("key", "title", "points", "levels"))
    points = whole_of(row["points"], _("Points"), least=1, most=MOST_POINTS)
    levels = []
    for level in listed(row["levels"], _("Levels"), least=0):
        level = fields(level, _("Level"), need=("points", "text"))
        levels.append(
            Level(
                whole_of(level["points"], _("Points of a level"), least=0, most=points),
                text_of(level["text"], _("Level")).strip(),
            )
        )
    return Criterion(
        key_of(row["key"], _("Criterion")), text_of(row["title"], _("Criterion")).strip(), points, tuple(levels)
    )


ESSAY = EssayType()
