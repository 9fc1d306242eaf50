"""Single choice: one right answer earns all the points; another may earn a part of them where the author says so."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .base import Answer, BadAnswerError, BadQuestionError, Choice
from .choices import Choices, ChoiceType, cut_sum, one_right, weighed


class Single(ChoiceType):
    """Exactly one choice is right."""

    kind = "single"
    label = gettext_lazy("One answer")
    prompt = gettext_lazy("Choose one.")

    def parse(self, choices: Sequence[Choice], content: Mapping[str, Any]) -> Choices:
        """Two choices or more, one of them right; no other weighs as much as it."""
        one_right(choices)
        c = weighed(choices, content)
        for choice in choices if c.weights else ():
            weight = c.weights.get(choice.key)
            if choice.correct and weight not in (None, 1):
                raise BadQuestionError(_("The right choice earns all the points: its weight is “1”."))
            if not choice.correct and weight == 1:
                raise BadQuestionError(_("A choice that is not right earns less than the right one."))
        return c

    def rule(self, c: Choices) -> str:
        """All or nothing, unless others weigh something."""
        if any(0 < weight < 1 for weight in c.weights.values()):
            return _("One answer is right. It earns all the points; another may earn a part of them.")
        return _("One answer is right. It earns all the points; any other earns none.")

    def read(self, raw: object, c: Choices) -> Answer:
        """At most one key."""
        keys = super().read(raw, c)
        if len(keys) > 1:
            raise BadAnswerError("more than one choice")
        return keys

    def share(self, answer: Answer, c: Choices) -> Fraction:
        """All for the right one; for another its weight, at least 0."""
        return cut_sum(
            Fraction(1) if choice.correct else c.weights.get(choice.key, Fraction(0))
            for choice in c.choices
            if choice.key in answer
        )


SINGLE = Single()
