"""Multiple choice with partial credit: right ones chosen less wrong ones chosen, over all right ones; never below 0."""

from collections.abc import Sequence
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from .base import Answer, BadQuestionError, Choice, QuestionType, chosen_keys


class Multiple(QuestionType):
    """One or more choices are right."""

    kind = "multiple"
    label = _("Several answers")
    rule = _(
        "Several answers may be right. Each right one that you choose earns its part of the points; "
        "each wrong one takes the same part away. It never goes below zero."
    )
    prompt = _("Choose all that are right.")
    template = "quizzes/types/choices.html"

    def check(self, choices: Sequence[Choice]) -> None:
        """Two choices or more; at least one right and one wrong, else choosing all would always do."""
        right = sum(choice.correct for choice in choices)
        if not 0 < right < len(choices):
            raise BadQuestionError(
                str(_("A question with several answers needs at least one right and one wrong choice."))
            )

    def read(self, raw: object, choices: Sequence[Choice]) -> Answer:
        """Any number of keys."""
        return chosen_keys(raw, choices)

    def share(self, answer: Answer, choices: Sequence[Choice]) -> Fraction:
        """(right chosen - wrong chosen) / right, at least 0."""
        right = sum(choice.correct for choice in choices)
        balance = sum(1 if choice.correct else -1 for choice in choices if choice.key in answer)
        return max(Fraction(balance, right), Fraction(0))


MULTIPLE = Multiple()
