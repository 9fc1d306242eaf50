"""Single choice: one right answer earns all the points."""

from collections.abc import Sequence
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from .base import Answer, BadAnswerError, BadQuestionError, Choice, QuestionType, chosen_keys


class Single(QuestionType):
    """Exactly one choice is right."""

    kind = "single"
    label = _("One answer")
    rule = _("One answer is right. It earns all the points; any other earns none.")
    prompt = _("Choose one.")
    template = "quizzes/types/choices.html"

    def check(self, choices: Sequence[Choice]) -> None:
        """Two choices or more, one of them right."""
        if len(choices) < 2 or sum(choice.correct for choice in choices) != 1:
            raise BadQuestionError(
                str(_("A question with one answer needs at least two choices, exactly one of them right."))
            )

    def read(self, raw: object, choices: Sequence[Choice]) -> Answer:
        """At most one key."""
        keys = chosen_keys(raw, choices)
        if len(keys) > 1:
            raise BadAnswerError("more than one choice")
        return keys

    def share(self, answer: Answer, choices: Sequence[Choice]) -> Fraction:
        """All or nothing."""
        return Fraction(int(any(choice.correct and choice.key in answer for choice in choices)))


SINGLE = Single()
