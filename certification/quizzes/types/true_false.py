"""True or false: two choices with fixed keys, in this order for everybody."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .base import Answer, AskedChoices, BadAnswerError, BadQuestionError, Choice, Told, fields
from .choices import Choices, ChoiceType, one_right

ORDER = ("true", "false")


class TrueFalse(ChoiceType):
    """A statement that is true or false; the page writes both words in the reader's language."""

    kind = "true_false"
    label = gettext_lazy("True or false")
    prompt = gettext_lazy("Is it true or false?")
    fixed_keys = True

    def parse(self, choices: Sequence[Choice], content: Mapping[str, Any]) -> Choices:
        """The keys are `true` and `false`, one of them right; their texts are the page's."""
        if sorted(choice.key for choice in choices) != sorted(ORDER):
            raise BadQuestionError(_("A statement needs two choices, with the keys “true” and “false”."))
        one_right(choices)
        if any(choice.text for choice in choices):
            raise BadQuestionError(_("Leave the texts of “true” and “false” empty: the page writes them."))
        fields(content, _("Content"))
        return Choices(tuple(choices))

    def rule(self, c: Choices) -> str:
        """All or nothing."""
        return _("The right one of true and false earns all the points; the other earns none.")

    def names(self, c: Choices) -> tuple[str, ...]:
        """Nothing: true stands first for everybody."""
        return ()

    def read(self, raw: object, c: Choices) -> Answer:
        """At most one of both."""
        keys = super().read(raw, c)
        if len(keys) > 1:
            raise BadAnswerError("both true and false")
        return keys

    def share(self, answer: Answer, c: Choices) -> Fraction:
        """All or nothing."""
        return Fraction(int(any(choice.correct and choice.key in answer for choice in c.choices)))

    def shown(self, c: Choices, order: Sequence[str], answer: Answer) -> AskedChoices:
        """True, then false, in words."""
        return super().shown(_worded(c), ORDER, answer)

    def told(self, c: Choices, order: Sequence[str], answer: Answer, *, feedback: bool, key: bool) -> tuple[Told, ...]:
        """True, then false, in words."""
        return super().told(_worded(c), ORDER, answer, feedback=feedback, key=key)

    def texts(self, c: Choices) -> tuple[str, ...]:
        """Nothing of its own."""
        return ()


def _worded(c: Choices) -> Choices:
    words = {"true": _("True"), "false": _("False")}
    return Choices(tuple(Choice(one.key, words[one.key], one.correct, one.feedback) for one in c.choices))


TRUE_FALSE = TrueFalse()
