"""Short answer: a few words, compared with the forms that the author accepts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .base import (
    MOST_SHORT,
    Answer,
    BadQuestionError,
    Choice,
    UnreadableAnswerError,
    fields,
    flag_of,
    line,
    listed,
    no_choices,
    one_text,
    plain,
    share_of,
    text_of,
)
from .written import WrittenType, one_for_all

# A star stands for anything; behind a backslash it stands for itself.
STAR = re.compile(r"(?<!\\)\*")


@dataclass(frozen=True, slots=True)
class Form:
    """One accepted form: the pieces between its stars, as they are compared, and as a result writes it."""

    pieces: tuple[str, ...]
    share: Fraction
    feedback: str
    words: str

    def matches(self, text: str) -> bool:
        """Whether a text, as it is compared, has this form."""
        first, *rest = self.pieces
        if not rest:
            return text == first
        if not text.startswith(first):
            return False
        place = len(first)
        *middle, last = rest
        # Each piece at its first place leaves the most room for those after it.
        for piece in middle:
            found = text.find(piece, place)
            if found < 0:
                return False
            place = found + len(piece)
        return len(text) - len(last) >= place and text.endswith(last)


@dataclass(frozen=True, slots=True)
class Short:
    """The accepted forms, and whether case and accents count."""

    forms: tuple[Form, ...]
    case: bool
    accents: bool


@dataclass(frozen=True, slots=True)
class AskedText:
    """What she typed."""

    value: str


class ShortType(WrittenType[Short]):
    """The best share of the forms that hers matches."""

    kind = "short"
    label = gettext_lazy("Short answer")
    prompt = gettext_lazy("Write a word or a few.")
    template = "quizzes/types/short.html"

    def parse(self, choices: Sequence[Choice], content: Mapping[str, Any]) -> Short:
        """One form or more, one of them for all the points."""
        no_choices(choices)
        content = fields(content, _("Content"), need=("answers",), may=("case", "accents"))
        case = flag_of(content.get("case", False), _("Case"))
        accents = flag_of(content.get("accents", False), _("Accents"))
        forms = []
        for row in listed(content["answers"], _("Answers")):
            row = fields(row, _("Answer"), need=("text", "share"), may=("feedback",))
            text = line(text_of(row["text"], _("Answer")))
            if not text or len(text) > MOST_SHORT:
                raise BadQuestionError(_("An answer has 1 to %d signs.") % MOST_SHORT)
            forms.append(
                Form(
                    tuple(plain(piece.replace("\\*", "*"), case=case, accents=accents) for piece in STAR.split(text)),
                    share_of(row["share"], _("Share")),
                    text_of(row.get("feedback", ""), _("Feedback"), empty=True),
                    STAR.sub("…", text).replace("\\*", "*"),
                )
            )
        one_for_all(forms)
        return Short(tuple(forms), case, accents)

    def rule(self, c: Short) -> str:
        """What counts of the spelling."""
        said = _("The right word or words earn the points.")
        if any(0 < form.share < 1 for form in c.forms):
            said = _("The right word or words earn the points; others may earn a part of them.")
        if c.case and c.accents:
            return f"{said} " + _("Capital letters and accents count.")
        if c.case:
            return f"{said} " + _("Capital letters count.")
        return f"{said} " + (_("Accents count.") if c.accents else _("Capital letters and accents do not count."))

    def read(self, raw: object, c: Short) -> Answer:
        """One line of text."""
        text = line(one_text(raw))
        if len(text) > MOST_SHORT:
            raise UnreadableAnswerError(_("Write %d signs at most.") % MOST_SHORT)
        return [text] if text else []

    def accepted(self, c: Short) -> tuple[Form, ...]:
        """All of them."""
        return c.forms

    def met(self, answer: Answer, c: Short) -> list[Form]:
        """The forms that hers matches."""
        if not answer:
            return []
        text = plain(answer[0], case=c.case, accents=c.accents).strip()
        return [form for form in c.forms if form.matches(text)]

    def shown(self, c: Short, order: Sequence[str], answer: Answer) -> AskedText:
        """What she typed."""
        return AskedText("".join(answer[:1]))


SHORT = ShortType()
