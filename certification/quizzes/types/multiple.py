"""Multiple choice with partial credit: right ones chosen less wrong ones chosen, over all right ones; never below 0.

Where the author weighed the choices, the weights of those chosen are added up instead.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .base import Answer, BadQuestionError, Choice
from .choices import Choices, ChoiceType, cut_sum, weighed


class Multiple(ChoiceType):
    """One or more choices are right."""

    kind = "multiple"
    label = gettext_lazy("Several answers")
    prompt = gettext_lazy("Choose all that are right.")

    def parse(self, choices: Sequence[Choice], content: Mapping[str, Any]) -> Choices:
        """Two choices or more; at least one right and one wrong, else choosing all would always do.

        Weights say the same as the marks: above 0 for the right ones, which add up to 1, and never for a wrong one.
        """
        right = sum(choice.correct for choice in choices)
        if not 0 < right < len(choices):
            raise BadQuestionError(_("A question with several answers needs at least one right and one wrong choice."))
        c = weighed(choices, content)
        if c.weights:
            if any((c.weights.get(choice.key, 0) > 0) != choice.correct for choice in choices):
                raise BadQuestionError(_("Give each right choice a weight above 0, and no other."))
            if sum(weight for weight in c.weights.values() if weight > 0) != 1:
                raise BadQuestionError(_("The weights of the right choices add up to 1."))
        return c

    def rule(self, c: Choices) -> str:
        """How right and wrong ones are set off."""
        if not c.weights:
            return _(
                "Several answers may be right. Each right one that you choose earns its part of the points; "
                "each wrong one takes the same part away. It never goes below zero."
            )
        if min(c.weights.values()) < 0:
            return _(
                "Several answers may be right, and each right one that you choose earns a part of the points of its "
                "own. A wrong one may take a part away. It never goes below zero."
            )
        return _(
            "Several answers may be right, and each right one that you choose earns a part of the points of its own."
        )

    def share(self, answer: Answer, c: Choices) -> Fraction:
        """(right chosen - wrong chosen) / right, at least 0; with weights their sum, cut to 0 and 1."""
        if c.weights:
            return cut_sum(c.weights.get(key, Fraction(0)) for key in answer)
        right = sum(choice.correct for choice in c.choices)
        balance = sum(1 if choice.correct else -1 for choice in c.choices if choice.key in answer)
        return max(Fraction(balance, right), Fraction(0))


MULTIPLE = Multiple()
