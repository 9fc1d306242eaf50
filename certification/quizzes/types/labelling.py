"""Labelling: each marked point of a picture takes one of the labels; labels may be left over."""

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
    arranged,
    fields,
    given_parts,
    key_of,
    keyed_of,
    letter,
    listed,
    no_choices,
    pairs,
    text_of,
    unique,
)
from .marks import AskedMark, digest_of, few, thousandths
from .matching import matched, told_part


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the picture, where it is in neutral words, and the key of the label that it takes."""

    key: str
    x: int
    y: int
    place: str
    label: str


@dataclass(frozen=True, slots=True)
class Labelling:
    """A picture, its points, and the labels."""

    picture: str
    points: tuple[Point, ...]
    labels: tuple[Keyed, ...]


@dataclass(frozen=True, slots=True)
class AskedLabelling:
    """The picture by its digest, its marks with hers, and the labels, both in her order."""

    picture: str
    marks: tuple[AskedMark, ...]
    labels: tuple[Keyed, ...]


class LabellingType(QuestionType[Labelling]):
    """Each point that takes its label earns its part."""

    kind = "labelling"
    label = gettext_lazy("Labels on a picture")
    prompt = gettext_lazy("Choose the label of each mark.")
    template = "quizzes/types/labelling.html"
    told_template = "quizzes/types/told_parts.html"
    shape = "parts"

    def parse(self, choices: Sequence[Choice], content: Mapping[str, Any]) -> Labelling:
        """One point or more, each with one of two labels or more; no two at one place."""
        no_choices(choices)
        content = fields(content, _("Content"), need=("picture", "points", "labels"))
        labels = keyed_of(content["labels"], _("Labels"), least=2)
        points = []
        for row in listed(content["points"], _("Points")):
            row = fields(row, _("Point"), need=("key", "x", "y", "place", "label"))
            point = Point(
                key_of(row["key"], _("Point")),
                thousandths(row["x"], "x"),
                thousandths(row["y"], "y"),
                text_of(row["place"], _("Place")).strip(),
                str(row["label"]),
            )
            if point.label not in {label.key for label in labels}:
                raise BadQuestionError(_("The point “%s” needs one of the labels.") % point.place)
            points.append(point)
        few(points)
        if len({(point.x, point.y) for point in points}) < len(points):
            raise BadQuestionError(_("Two points stand at one place. Move one."))
        unique([*(point.key for point in points), *(label.key for label in labels)], _("Content"))
        return Labelling(digest_of(content["picture"]), tuple(points), labels)

    def picture(self, c: Labelling) -> str:
        """The picture's digest."""
        return c.picture

    def rule(self, c: Labelling) -> str:
        """Parts, nothing taken away."""
        return _("Each mark with its right label earns its part of the points. A wrong one takes nothing away.")

    def names(self, c: Labelling) -> tuple[str, ...]:
        """Points and labels."""
        return (*(point.key for point in c.points), *(label.key for label in c.labels))

    def read(self, raw: object, c: Labelling) -> Answer:
        """The label of each point that has one, in the points' order."""
        return matched(pairs(raw, (point.key for point in c.points)), c.labels)

    def share(self, answer: Answer, c: Labelling) -> Fraction:
        """Right labels over points."""
        given = given_parts(answer)
        return Fraction(sum(given.get(point.key) == point.label for point in c.points), len(c.points))

    def shown(self, c: Labelling, order: Sequence[str], answer: Answer) -> AskedLabelling:
        """Marks with letters, and labels, in her order."""
        given = given_parts(answer)
        marks = (
            AskedMark(point.key, letter(place), point.x, point.y, point.place, value=given.get(point.key, ""))
            for place, point in enumerate(arranged(order, c.points))
        )
        return AskedLabelling(c.picture, tuple(marks), tuple(arranged(order, c.labels)))

    def told(
        self, c: Labelling, order: Sequence[str], answer: Answer, *, feedback: bool, key: bool
    ) -> tuple[Told, ...]:
        """One line a mark, under its letter."""
        given, words = given_parts(answer), {label.key: label.text for label in c.labels}
        return tuple(
            told_part(f"{letter(place)}: {point.place}", given.get(point.key), point.label, words, key=key)
            for place, point in enumerate(arranged(order, c.points))
        )

    def texts(self, c: Labelling) -> tuple[str, ...]:
        """Places, then labels."""
        return (*(point.place for point in c.points), *(label.text for label in c.labels))


LABELLING = LabellingType()
