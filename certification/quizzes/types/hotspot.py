"""Hotspot: which of the marked spots of a picture is meant, or which ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .base import (
    Answer,
    BadAnswerError,
    BadQuestionError,
    Choice,
    QuestionType,
    Told,
    arranged,
    chosen_keys,
    fields,
    flag_of,
    key_of,
    letter,
    listed,
    no_choices,
    text_of,
    unique,
    whole_of,
)
from .choices import Choices, ChoiceType, told_choices
from .marks import AskedMark, digest_of, few, thousandths
from .multiple import MULTIPLE
from .single import SINGLE


@dataclass(frozen=True, slots=True)
class Spot:
    """A spot of the picture: centre, radius (of the width), where it is in neutral words, and whether it is right."""

    key: str
    x: int
    y: int
    r: int
    place: str
    correct: bool
    feedback: str


@dataclass(frozen=True, slots=True)
class Hotspot:
    """A picture, its spots, and whether several may be right."""

    picture: str
    spots: tuple[Spot, ...]
    several: bool

    @property
    def type(self) -> ChoiceType:
        """The kind of choice that the spots are."""
        return MULTIPLE if self.several else SINGLE

    @property
    def choices(self) -> Choices:
        """The spots as choices."""
        return Choices(tuple(Choice(spot.key, spot.place, spot.correct, spot.feedback) for spot in self.spots))


@dataclass(frozen=True, slots=True)
class AskedHotspot:
    """The picture by its digest, and its marks with letters in her order."""

    picture: str
    several: bool
    marks: tuple[AskedMark, ...]


class HotspotType(QuestionType[Hotspot]):
    """Graded as single or multiple choice."""

    kind = "hotspot"
    label = gettext_lazy("Spot on a picture")
    prompt = gettext_lazy("Choose one mark, on the picture or in the list.")
    template = "quizzes/types/hotspot.html"
    told_template = "quizzes/types/told_choices.html"

    def parse(self, choices: Sequence[Choice], content: Mapping[str, Any]) -> Hotspot:
        """Spots that choices could be; no two at one place."""
        no_choices(choices)
        content = fields(content, _("Content"), need=("picture", "spots"), may=("several",))
        spots = []
        for row in listed(content["spots"], _("Spots"), least=2):
            row = fields(row, _("Spot"), need=("key", "x", "y", "r", "place", "correct"), may=("feedback",))
            spots.append(
                Spot(
                    key_of(row["key"], _("Spot")),
                    thousandths(row["x"], "x"),
                    thousandths(row["y"], "y"),
                    whole_of(row["r"], "r", least=1, most=500),
                    text_of(row["place"], _("Place")).strip(),
                    flag_of(row["correct"], _("Correct")),
                    text_of(row.get("feedback", ""), _("Feedback"), empty=True),
                )
            )
        few(spots)
        unique((spot.key for spot in spots), _("Spots"))
        c = Hotspot(digest_of(content["picture"]), tuple(spots), flag_of(content.get("several", False), _("Several")))
        c.type.parse(c.choices.choices, {})
        return c

    def check_picture(self, c: Hotspot, width: int, height: int) -> None:
        """Refuse spots that overlap: a click between both would belong to neither."""
        for one, other in combinations(c.spots, 2):
            across, down = (one.x - other.x) * width, (one.y - other.y) * height
            if across**2 + down**2 < ((one.r + other.r) * width) ** 2:
                raise BadQuestionError(
                    _("The spots “%(one)s” and “%(other)s” overlap. Move them or make them smaller.")
                    % {"one": one.place, "other": other.place}
                )

    def picture(self, c: Hotspot) -> str:
        """The picture's digest."""
        return c.picture

    def rule(self, c: Hotspot) -> str:
        """As for choices."""
        return c.type.rule(c.choices)

    def prompt_of(self, c: Hotspot) -> str:
        """One mark, or all that are right."""
        return _("Choose all marks that are right, on the picture or in the list.") if c.several else str(self.prompt)

    def names(self, c: Hotspot) -> tuple[str, ...]:
        """The spots."""
        return tuple(spot.key for spot in c.spots)

    def read(self, raw: object, c: Hotspot) -> Answer:
        """Keys, sorted; one at most unless several may be right."""
        keys = chosen_keys(raw, self.names(c))
        if len(keys) > 1 and not c.several:
            raise BadAnswerError("more than one spot")
        return keys

    def share(self, answer: Answer, c: Hotspot) -> Fraction:
        """As for choices."""
        share = c.type.share(answer, c.choices)
        assert share is not None  # choices wait for nobody
        return share

    def shown(self, c: Hotspot, order: Sequence[str], answer: Answer) -> AskedHotspot:
        """The marks with letters in her order."""
        marks = (
            AskedMark(spot.key, letter(place), spot.x, spot.y, spot.place, chosen=spot.key in answer)
            for place, spot in enumerate(arranged(order, c.spots))
        )
        return AskedHotspot(c.picture, c.several, tuple(marks))

    def told(self, c: Hotspot, order: Sequence[str], answer: Answer, *, feedback: bool, key: bool) -> tuple[Told, ...]:
        """One line a mark, under its letter."""
        rows = (
            (spot.key, f"{letter(place)}: {spot.place}", spot.correct, spot.feedback)
            for place, spot in enumerate(arranged(order, c.spots))
        )
        return told_choices(rows, answer, feedback=feedback, key=key)

    def texts(self, c: Hotspot) -> tuple[str, ...]:
        """The places."""
        return tuple(spot.place for spot in c.spots)


HOTSPOT = HotspotType()
