"""Ordering: items are put into the right order."""

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
    UnreadableAnswerError,
    arranged,
    fields,
    given_parts,
    keyed_of,
    no_choices,
    pairs,
    unique,
)


@dataclass(frozen=True, slots=True)
class Ordering:
    """Items in the right order, and whether only the whole order counts."""

    items: tuple[Keyed, ...]
    exact: bool


@dataclass(frozen=True, slots=True)
class AskedOrdering:
    """The items in an order of their own, each with the place that she gave it."""

    items: tuple[AskedPart, ...]


class OrderingType(QuestionType[Ordering]):
    """Items at their own place earn their part, or the whole order all."""

    kind = "ordering"
    label = gettext_lazy("Ordering")
    prompt = gettext_lazy("Give each its place: 1 is the first.")
    template = "quizzes/types/ordering.html"
    shape = "order"

    def parse(self, choices: Sequence[Choice], content: Mapping[str, Any]) -> Ordering:
        """Two items or more, no two alike."""
        no_choices(choices)
        content = fields(content, _("Content"), need=("items", "grading"))
        items = keyed_of(content["items"], _("Items"), least=2)
        unique((item.key for item in items), _("Items"))
        if content["grading"] not in ("place", "exact"):
            raise BadQuestionError(_("Grading is “place” (each item at its place) or “exact” (the whole order)."))
        return Ordering(items, content["grading"] == "exact")

    def rule(self, c: Ordering) -> str:
        """By place, or all or nothing."""
        if c.exact:
            return _("The whole order earns all the points; any other earns none.")
        return _("Each one that stands at its own place earns its part of the points.")

    def names(self, c: Ordering) -> tuple[str, ...]:
        """The items."""
        return tuple(item.key for item in c.items)

    def read(self, raw: object, c: Ordering) -> Answer:
        """All keys in her order, or a place from 1 for each key."""
        known = self.names(c)
        if isinstance(raw, dict):
            given = pairs(raw, known)
            if not given:
                return []
            if not set(given.values()) <= {str(place) for place in range(1, len(known) + 1)}:
                raise BadAnswerError("not a place")
            if len(set(given.values())) < len(known):
                raise UnreadableAnswerError(_("Give each one a place of its own; none is left out and none doubled."))
            return sorted(given, key=lambda key: int(given[key]))
        if raw is None or raw in ("", []):
            return []
        if isinstance(raw, list) and all(isinstance(key, str) for key in raw) and sorted(raw) == sorted(known):
            return list(raw)
        raise BadAnswerError("not all keys of this question, each once")

    def share(self, answer: Answer, c: Ordering) -> Fraction:
        """Items at their own place over items; or 1 for the whole order alone."""
        right = sum(hers == key for hers, key in zip(answer, self.names(c), strict=False))
        if c.exact:
            return Fraction(int(right == len(c.items)))
        return Fraction(right, len(c.items))

    def shown(self, c: Ordering, order: Sequence[str], answer: Answer) -> AskedOrdering:
        """The items in her order of asking."""
        places = given_parts(answer) or {key: str(place) for place, key in enumerate(answer, 1)}
        return AskedOrdering(
            tuple(AskedPart(item.key, item.text, places.get(item.key, "")) for item in arranged(order, c.items))
        )

    def told(self, c: Ordering, order: Sequence[str], answer: Answer, *, feedback: bool, key: bool) -> tuple[Told, ...]:
        """One line an item, as she ordered them; else as they were asked."""
        lines = []
        right = {item.key: str(place) for place, item in enumerate(c.items, 1)}
        hers = {name: str(place) for place, name in enumerate(answer, 1)}
        for item in arranged(answer or order, c.items):
            mine = hers.get(item.key, "")
            lines.append(
                Told(
                    text=item.text,
                    chosen=bool(mine),
                    correct=mine == right[item.key] if key else None,
                    given=mine,
                    right=right[item.key] if key else "",
                )
            )
        return tuple(lines)

    def texts(self, c: Ordering) -> tuple[str, ...]:
        """The items, in an order that is not the right one."""
        return tuple(sorted(item.text for item in c.items))


ORDERING = OrderingType()
