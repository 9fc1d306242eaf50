"""Two learners who study at once on one device."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from .spans import MINUTE, Span, shared

SHARED_MINUTES = 5
"""Credited minutes that two learners have at once from one origin. Handing a tablet over takes less."""

ROOM = 5
"""An origin of so many learners is a room (a computer lab, a clinic's desk), not one person's device."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """One visit: whose, from which origin (a keyed hash), and the spans that were credited."""

    session: UUID
    learner: UUID
    origin: str
    spans: tuple[Span, ...]


def at_once(sittings: Iterable[Sitting]) -> list[tuple[Sitting, Sitting]]:
    """Visits of two learners from one origin that were credited at the same time, the earlier one first.

    Origins of ROOM learners or more are left aside.
    """
    origins: dict[str, list[Sitting]] = {}
    for sitting in sittings:
        if sitting.spans:
            origins.setdefault(sitting.origin, []).append(sitting)
    found = []
    for rows in origins.values():
        if not 1 < len({one.learner for one in rows}) < ROOM:
            continue
        ordered = sorted(rows, key=lambda one: (one.spans[0][0], str(one.session)))
        for place, later in enumerate(ordered):
            found += [
                (earlier, later)
                for earlier in ordered[:place]
                if earlier.learner != later.learner
                and earlier.spans[-1][1] > later.spans[0][0]
                and shared(earlier.spans, later.spans) >= SHARED_MINUTES * MINUTE
            ]
    return found
