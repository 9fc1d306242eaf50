"""Essay: a longer text that somebody marks by a rubric; until then its attempt waits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
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
    """The rubric, and how long the text should be, in words (`most_words` 0: as long as she likes)."""

    rubric: tuple[Criterion, ...]
    least_words: int
    most_words: int

    @property
    def points(self) -> int:
        """All points of the rubric; the question's own points are shared out in their proportion."""
        return sum(criterion.points for criterion in self.rubric)


@dataclass(frozen=True, slots=True)
class AskedEssay:
    """What she wrote and how many words it has, how long it should be, and by what it is marked, with the points."""

    value: str
    words: int
    least_words: int
    most_words: int
    most_signs: int
    criteria: tuple[tuple[str, int], ...]


def count_words(text: str) -> int:
    """How many words a text has: runs of signs without white space that hold a letter or a digit."""
    return sum(any(sign.isalnum() for sign in piece) for piece in text.split())


class EssayType(QuestionType[Essay]):
    """A text without a share until somebody marks it."""

    kind = "essay"
    label = gettext_lazy("Essay")
    prompt = gettext_lazy("Write a text of your own.")
    template = "quizzes/types/essay.html"
    told_template = "quizzes/types/told_essay.html"

    def parse(self, choices: Sequence[Choice], content: Mapping[str, Any]) -> Essay:
        """One criterion or more; bounds of length in their order."""
        no_choices(choices)
        content = fields(content, _("Content"), need=("rubric", "least_words", "most_words"))
        if content["rubric"] == []:
            raise BadQuestionError(_("An essay is marked by a rubric: list at least 1 criterion with its points."))
        rubric = tuple(_criterion(row) for row in listed(content["rubric"], _("Rubric")))
        unique((criterion.key for criterion in rubric), _("Rubric"))
        least = whole_of(content["least_words"], _("Least words"), least=0, most=MOST_WORDS)
        most = whole_of(content["most_words"], _("Most words"), least=0, most=MOST_WORDS)
        if most and least > most:
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

    def prompt_of(self, c: Essay) -> str:
        """How long it should be."""
        if c.least_words and c.most_words:
            said = _("Write a text of your own, of %(least)d to %(most)d words.")
        elif c.least_words:
            said = _("Write a text of your own, of %(least)d words or more.")
        elif c.most_words:
            said = _("Write a text of your own, of %(most)d words at most.")
        else:
            return str(self.prompt)
        return said % {"least": c.least_words, "most": c.most_words}

    def share(self, answer: Answer, c: Essay) -> Fraction | None:
        """None: somebody must mark it. Where nothing was written there is nothing to mark, and nothing earned."""
        return None if answer else Fraction(0)

    def shown(self, c: Essay, order: Sequence[str], answer: Answer) -> AskedEssay:
        """What she wrote."""
        text = "".join(answer[:1])
        criteria = tuple((criterion.title, criterion.points) for criterion in c.rubric)
        return AskedEssay(text, count_words(text), c.least_words, c.most_words, MOST_SIGNS, criteria)

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
