"""Matching: each prompt takes one of the options; options may be left over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .base import (
    Answer,
    AskedPart,
    BadAnswerError,
    BadQuestionError,
    Choice,
    Keyed,
    QuestionType,
    Told,
    arranged,
    fields,
    given_parts,
    key_of,
    keyed_of,
    listed,
    no_choices,
    pairs,
    pieces,
    text_of,
    unique,
)


@dataclass(frozen=True, slots=True)
class Prompt(Keyed):
    """What is to be matched, and the key of the option that it takes."""

    match: str


@dataclass(frozen=True, slots=True)
class Matching:
    """Prompts and options."""

    prompts: tuple[Prompt, ...]
    options: tuple[Keyed, ...]


@dataclass(frozen=True, slots=True)
class AskedMatching:
    """Prompts with hers, and the options, both in her order."""

    prompts: tuple[AskedPart, ...]
    options: tuple[Keyed, ...]


def matched(values: Mapping[str, str], known: Sequence[Keyed]) -> Answer:
    """The pieces of an answer whose values are keys of these entries."""
    keys = {entry.key for entry in known}
    if not set(values.values()) <= keys:
        raise BadAnswerError("not an option of this question")
    return pieces(values)


def told_part(text: str, hers: str | None, right: str, words: Mapping[str, str], *, key: bool) -> Told:
    """The line of a part that takes the option `right`; `words` are the options' texts."""
    return Told(
        text=text,
        chosen=hers is not None,
        correct=hers == right if key else None,
        given=words.get(hers, "") if hers is not None else "",
        right=words[right] if key else "",
    )


class MatchingType(QuestionType[Matching]):
    """Each prompt that takes its option earns its part."""

    kind = "matching"
    label = gettext_lazy("Matching")
    prompt = gettext_lazy("Choose for each what belongs to it.")
    template = "quizzes/types/matching.html"
    shape = "parts"

    def parse(self, choices: Sequence[Choice], content: Mapping[str, Any]) -> Matching:
        """Two prompts or more, each with one of the options; no two options alike."""
        no_choices(choices)
        content = fields(content, _("Content"), need=("prompts", "options"))
        options = keyed_of(content["options"], _("Options"), least=2)
        prompts = []
        for row in listed(content["prompts"], _("Prompts"), least=2):
            row = fields(row, _("Prompt"), need=("key", "text", "match"))
            prompt = Prompt(
                key_of(row["key"], _("Prompt")), text_of(row["text"], _("Prompt")).strip(), str(row["match"])
            )
            if prompt.match not in {option.key for option in options}:
                raise BadQuestionError(_("“%s” needs one of the options as its match.") % prompt.text)
            prompts.append(prompt)
        unique([entry.key for entry in (*prompts, *options)], _("Content"))
        return Matching(tuple(prompts), options)

    def rule(self, c: Matching) -> str:
        """Parts, nothing taken away."""
        return _("Each right match earns its part of the points. A wrong one takes nothing away.")

    def names(self, c: Matching) -> tuple[str, ...]:
        """Prompts and options."""
        return tuple(entry.key for entry in (*c.prompts, *c.options))

    def read(self, raw: object, c: Matching) -> Answer:
        """The option of each prompt that has one, in the prompts' order."""
        return matched(pairs(raw, (prompt.key for prompt in c.prompts)), c.options)

    def share(self, answer: Answer, c: Matching) -> Fraction:
        """Right matches over prompts."""
        given = given_parts(answer)
        return Fraction(sum(given.get(prompt.key) == prompt.match for prompt in c.prompts), len(c.prompts))

    def shown(self, c: Matching, order: Sequence[str], answer: Answer) -> AskedMatching:
        """Both lists in her order."""
        given = given_parts(answer)
        return AskedMatching(
            tuple(AskedPart(one.key, one.text, given.get(one.key, "")) for one in arranged(order, c.prompts)),
            tuple(arranged(order, c.options)),
        )

    def told(self, c: Matching, order: Sequence[str], answer: Answer, *, feedback: bool, key: bool) -> tuple[Told, ...]:
        """One line a prompt."""
        given, words = given_parts(answer), {option.key: option.text for option in c.options}
        return tuple(
            told_part(one.text, given.get(one.key), one.match, words, key=key) for one in arranged(order, c.prompts)
        )

    def texts(self, c: Matching) -> tuple[str, ...]:
        """Prompts, then options."""
        return tuple(entry.text for entry in (*c.prompts, *c.options))


MATCHING = MatchingType()
