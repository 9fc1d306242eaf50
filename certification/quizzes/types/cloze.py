"""Cloze: a text with gaps, each a choice from a list, a few words or a number."""

import re
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
    Keyed,
    QuestionType,
    Told,
    UnreadableAnswerError,
    fields,
    flag_of,
    given_parts,
    key_of,
    listed,
    no_choices,
    pairs,
    pieces,
    text_of,
    unique,
    whole_of,
)
from .numeric import NUMERIC
from .short import SHORT
from .single import SINGLE

KINDS: Mapping[str, QuestionType[Any]] = {"select": SINGLE, "short": SHORT, "numeric": NUMERIC}
MARK = re.compile(r"\[\[([A-Za-z0-9_-]{1,40})\]\]")
MOST_WEIGHT = 20


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap: what it takes (`content` as its kind parsed it) and how much it weighs."""

    key: str
    kind: str
    weight: int
    content: Any

    @property
    def type(self) -> QuestionType[Any]:
        """The kind of question that a gap is."""
        return KINDS[self.kind]


@dataclass(frozen=True, slots=True)
class Cloze:
    """The text between the gaps (one piece more than there are gaps), and the gaps as they stand in it."""

    texts: tuple[str, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class AskedGap:
    """One gap with hers: `options` where she chooses, else a field, with its unit beside it."""

    key: str
    number: int
    kind: str
    value: str
    options: tuple[Keyed, ...]
    unit: str
    unit_asked: bool


@dataclass(frozen=True, slots=True)
class AskedPiece:
    """A piece of the text, and the gap after it; none after the last."""

    text: str
    gap: AskedGap | None


@dataclass(frozen=True, slots=True)
class AskedCloze:
    """The text in pieces."""

    pieces: tuple[AskedPiece, ...]


class ClozeType(QuestionType[Cloze]):
    """Gaps earn by their weight."""

    kind = "cloze"
    label = gettext_lazy("Text with gaps")
    prompt = gettext_lazy("Fill in the gaps.")
    template = "quizzes/types/cloze.html"
    told_template = "quizzes/types/told_cloze.html"
    shape = "parts"

    def parse(self, choices: Sequence[Choice], content: Mapping[str, Any]) -> Cloze:
        """Each gap stands in the text exactly once."""
        no_choices(choices)
        content = fields(content, _("Content"), need=("text", "gaps"))
        texts = MARK.split(text_of(content["text"], _("Text")))
        gaps = [_gap(row) for row in listed(content["gaps"], _("Gaps"))]
        if sorted(texts[1::2]) != sorted(gap.key for gap in gaps):
            raise BadQuestionError(_("Each gap stands in the text exactly once, as its key in [[ ]]."))
        by_key = {gap.key: gap for gap in gaps}
        keys = [key for gap in gaps for key in (gap.key, *gap.type.names(gap.content))]
        unique(keys, _("Gaps"))
        return Cloze(tuple(texts[::2]), tuple(by_key[key] for key in texts[1::2]))

    def rule(self, c: Cloze) -> str:
        """Alike or by weight, and what the gaps' own rules say of spelling and units."""
        said = [_("Each gap earns its part of the points. A wrong one takes nothing away.")]
        if len({gap.weight for gap in c.gaps}) > 1:
            said = [_("Each gap earns its part of the points; some count for more. A wrong one takes nothing away.")]
        said += dict.fromkeys(gap.type.rule(gap.content) for gap in c.gaps if gap.kind != "select")
        return " ".join(said)

    def names(self, c: Cloze) -> tuple[str, ...]:
        """What the gaps with choices offer."""
        return tuple(name for gap in c.gaps for name in gap.type.names(gap.content))

    def read(self, raw: object, c: Cloze) -> Answer:
        """The gaps that are filled, in the text's order."""
        given = pairs(raw, (gap.key for gap in c.gaps))
        found = {}
        for number, gap in enumerate(c.gaps, 1):
            try:
                value = gap.type.read(given.get(gap.key), gap.content)
            except UnreadableAnswerError as error:
                raise UnreadableAnswerError(
                    _("Gap %(number)d: %(sentence)s") % {"number": number, "sentence": error}
                ) from error
            if value:
                found[gap.key] = value[0]
        return pieces(found)

    def share(self, answer: Answer, c: Cloze) -> Fraction:
        """The weighed mean of the gaps' shares."""
        given = given_parts(answer)
        earned = sum(gap.weight * self._share(gap, given) for gap in c.gaps)
        return Fraction(earned) / sum(gap.weight for gap in c.gaps)

    def _share(self, gap: Gap, given: Mapping[str, str]) -> Fraction:
        share = gap.type.share(_own(gap, given), gap.content)
        assert share is not None  # no kind of gap waits for a person
        return share

    def shown(self, c: Cloze, order: Sequence[str], answer: Answer) -> AskedCloze:
        """The text with the gaps in it, and what she put into them."""
        given = given_parts(answer)
        asked: list[AskedGap | None] = []
        for number, gap in enumerate(c.gaps, 1):
            inner = gap.type.shown(gap.content, order, _own(gap, given))
            options = inner.choices if gap.kind == "select" else ()
            asked.append(
                AskedGap(
                    key=gap.key,
                    number=number,
                    kind=gap.kind,
                    value=given.get(gap.key, ""),
                    options=tuple(Keyed(one.key, one.text) for one in options),
                    unit=inner.unit if gap.kind == "numeric" else "",
                    unit_asked=gap.kind == "numeric" and inner.unit_asked,
                )
            )
        return AskedCloze(tuple(map(AskedPiece, c.texts, [*asked, None])))

    def told(self, c: Cloze, order: Sequence[str], answer: Answer, *, feedback: bool, key: bool) -> tuple[Told, ...]:
        """One line a gap, in the text's order."""
        given = given_parts(answer)
        return tuple(
            _told(number, gap, gap.type.told(gap.content, order, _own(gap, given), feedback=feedback, key=key), key=key)
            for number, gap in enumerate(c.gaps, 1)
        )

    def texts(self, c: Cloze) -> tuple[str, ...]:
        """The text without its gaps, then what the gaps offer."""
        return (
            " … ".join(text.strip() for text in c.texts),
            *(t for gap in c.gaps for t in gap.type.texts(gap.content)),
        )


def _own(gap: Gap, given: Mapping[str, str]) -> Answer:
    return [given[gap.key]] if gap.key in given else []


def _told(number: int, gap: Gap, lines: tuple[Told, ...], *, key: bool) -> Told:
    """A gap's own lines as one."""
    text = _("Gap %d") % number
    if gap.kind != "select":
        (line,) = lines
        return Told(text, line.chosen, line.correct, line.feedback, line.given, line.right)
    hers = next((line for line in lines if line.chosen), None)
    return Told(
        text=text,
        chosen=hers is not None,
        correct=bool(hers and hers.correct) if key else None,
        feedback=hers.feedback if hers else "",
        given=hers.text if hers else "",
        right=next(line.text for line in lines if line.correct) if key else "",
    )


def _gap(raw: object) -> Gap:
    kind = raw.get("kind") if isinstance(raw, Mapping) else None
    common = ("key", "kind", "weight")
    if kind == "select":
        row = fields(raw, _("Gap"), need=(*common, "choices"))
        return Gap(*_common(row), SINGLE.parse(_choices(row["choices"]), {}))
    if kind in ("short", "numeric"):
        row = fields(raw, _("Gap"), need=common, may=("answers", "unit", "case", "accents"))
        content = {name: value for name, value in row.items() if name not in common}
        return Gap(*_common(row), KINDS[kind].parse((), content))
    raise BadQuestionError(_("A gap is of the kind “select”, “short” or “numeric”."))


def _common(row: Mapping[str, Any]) -> tuple[str, str, int]:
    weight = whole_of(row["weight"], _("Weight"), least=1, most=MOST_WEIGHT)
    return key_of(row["key"], _("Gap")), row["kind"], weight


def _choices(raw: object) -> tuple[Choice, ...]:
    found = []
    for row in listed(raw, _("Choices"), least=2):
        row = fields(row, _("Choice"), need=("key", "text", "correct"), may=("feedback",))
        found.append(
            Choice(
                key_of(row["key"], _("Choice")),
                text_of(row["text"], _("Choice")).strip(),
                flag_of(row["correct"], _("Correct")),
                text_of(row.get("feedback", ""), _("Feedback"), empty=True),
            )
        )
    if len({choice.text for choice in found}) < len(found):
        raise BadQuestionError(_("Two choices are the same. Change or remove one."))
    return tuple(found)


CLOZE = ClozeType()
