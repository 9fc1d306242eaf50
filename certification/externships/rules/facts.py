"""What a learner can say of a shift beside its times: codes of regions and complaints, the screen, and what was measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

REGIONS = (
    *("neck", "shoulder", "upper_back", "lower_back", "chest", "arm_elbow", "forearm_hand", "hip_pelvis"),
    *("thigh_knee", "lower_leg_foot", "face_jaw", "abdomen", "whole_body"),
)
COMPLAINTS = (
    *("pain", "restricted_motion", "swelling", "headache", "stress_tension", "scar", "sports", "maintenance", "other"),
)
SCREENS = ("clear", "adapted", "not_treated", "not_done")
MOST_MEASURES = 12
PAIN = range(11)
# Kendall's grades, weakest first: an order of words, never a number.
STRENGTHS = ("0", "1", "2-", "2", "2+", "3-", "3", "3+", "4-", "4", "4+", "5-", "5")
MEASURES = ("pain", "motion", "strength")
SIDES = ("left", "right")


@dataclass(frozen=True, slots=True)
class Movement:
    """A movement of a joint: the least and most whole degrees that a goniometer can plausibly show, and its sides.

    Below zero means that the neutral position is not reached, or passed the other way.
    """

    least: int
    most: int
    sided: bool = True


MOVEMENTS: Mapping[str, Movement] = {
    "neck_flexion": Movement(0, 90, False),
    "neck_extension": Movement(0, 100, False),
    "neck_side_bending": Movement(0, 70),
    "neck_rotation": Movement(0, 110),
    "trunk_flexion": Movement(0, 120, False),
    "trunk_extension": Movement(0, 60, False),
    "trunk_side_bending": Movement(0, 60),
    "trunk_rotation": Movement(0, 80),
    "shoulder_flexion": Movement(0, 190),
    "shoulder_extension": Movement(0, 80),
    "shoulder_abduction": Movement(0, 190),
    "shoulder_adduction": Movement(0, 75),
    "shoulder_internal_rotation": Movement(0, 110),
    "shoulder_external_rotation": Movement(0, 120),
    "elbow_flexion": Movement(0, 165),
    "elbow_extension": Movement(-90, 20),
    "forearm_pronation": Movement(0, 100),
    "forearm_supination": Movement(0, 105),
    "wrist_flexion": Movement(0, 100),
    "wrist_extension": Movement(0, 95),
    "hip_flexion": Movement(0, 145),
    "hip_extension": Movement(-45, 45),
    "hip_abduction": Movement(0, 75),
    "hip_adduction": Movement(0, 50),
    "hip_internal_rotation": Movement(0, 75),
    "hip_external_rotation": Movement(0, 80),
    "knee_flexion": Movement(0, 165),
    "knee_extension": Movement(-90, 20),
    "ankle_dorsiflexion": Movement(-40, 45),
    "ankle_plantarflexion": Movement(0, 80),
    "ankle_inversion": Movement(0, 60),
    "ankle_eversion": Movement(0, 45),
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a row of measures cannot be read: its number from 1, a code, and the limits or words that it is about."""

    row: int
    code: str
    least: int = 0
    most: int = 0


def read_measures(rows: Sequence[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], list[Trouble]]:
    """What was measured, in the one way in which it is kept; and what is wrong with the rows that cannot be read.

    A row is what, where, side, before and after, as typed; empty ones are passed over. `after` may be missing: then
    nobody measured again. Pain and degrees are whole numbers, strength is a grade of STRENGTHS, kept as its word.
    """
    kept: list[dict[str, Any]] = []
    troubles: list[Trouble] = []
    for number, row in enumerate(rows, start=1):
        typed = {key: _word(row.get(key)) for key in ("what", "where", "side", "before", "after")}
        if not any(typed[key] for key in ("where", "before", "after")):
            continue
        found = _read(number, typed)
        if isinstance(found, Trouble):
            troubles.append(found)
        else:
            kept.append(found)
    if len(kept) + len(troubles) > MOST_MEASURES:
        troubles.append(Trouble(MOST_MEASURES + 1, "too_many", most=MOST_MEASURES))
    return kept, troubles


def _word(value: object) -> str:
    return "" if value is None else str(value).strip()


def _read(number: int, typed: Mapping[str, str]) -> dict[str, Any] | Trouble:
    what, where, side = typed["what"], typed["where"], typed["side"]
    if what not in MEASURES:
        return Trouble(number, "what")
    if what == "pain":
        if where and where not in REGIONS:
            return Trouble(number, "pain_where")
        side = side if where else ""
        least, most = PAIN.start, PAIN.stop - 1
    else:
        movement = MOVEMENTS.get(where)
        if movement is None:
            return Trouble(number, "movement")
        if movement.sided and side not in SIDES:
            return Trouble(number, "side")
        side = side if movement.sided else ""
        least, most = movement.least, movement.most
    if side not in ("", *SIDES):
        return Trouble(number, "side")
    if not typed["before"]:
        return Trouble(number, "before")
    values: dict[str, Any] = {}
    for when in ("before", "after"):
        text = typed[when].replace("\N{MINUS SIGN}", "-").removesuffix("°").strip()
        if not text:
            values[when] = None
            continue
        if what == "strength":
            if text not in STRENGTHS:
                return Trouble(number, "grade")
            values[when] = text
            continue
        whole = _whole(text)
        if whole is None:
            return Trouble(number, "whole")
        if not least <= whole <= most:
            return Trouble(number, what, least, most)
        values[when] = whole
    return {"what": what, "where": where, "side": side, **values}


def _whole(text: str) -> int | None:
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) <= 3 else None


def stronger(before: str, after: str) -> int:
    """By how many grades strength rose (below zero: fell)."""
    return STRENGTHS.index(after) - STRENGTHS.index(before)
