"""The rules of a quiz beside its pass mark and attempts, as they are stored and read. Pure.

What is stored is a JSON object of those that differ from their defaults, so a setting that comes later needs no
migration, and an attempt's copy says what held when it began.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self

MOST_MINUTES = 60 * 24 * 60
MOST_SECONDS = 3600


class LatePolicy(StrEnum):
    """What happens to an attempt whose time is over and that nobody handed in."""

    HAND_IN = "hand_in"
    VOID = "void"


class ScoreKept(StrEnum):
    """Which score of several attempts counts."""

    BEST = "best"
    LAST = "last"
    AVERAGE = "average"


class Layout(StrEnum):
    """Whether all questions stand on one page, or one on each."""

    ALL = "all"
    ONE = "one"


class Shown(StrEnum):
    """When right answers and reasons may be seen: no earlier than a retake can no longer profit."""

    AFTER_LAST = "after_last"
    AFTER_CLOSING = "after_closing"
    NEVER = "never"


class BadSettingError(ValueError):
    """A setting cannot be read; `name` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class QuizGate:
    """What must have happened before a learner may begin.

    `minutes`: so many attended minutes in the category `code` and below, or in all where it is empty. `milestone`: her
    record holds a milestone of this code: a finished lesson (`lesson:MFR-1`), a passed quiz (`quiz:MFR`), a check-off.
    `title` is what the page calls it.
    """

    kind: str
    code: str = ""
    minutes: int = 0
    title: str = ""


@dataclass(frozen=True, slots=True)
class QuizSettings:
    """How a quiz is taken. Times in minutes but for `grace_seconds`; instants in UTC.

    `time_limit_minutes` 0: none. `grace_seconds`: so long after her time an answer that was on its way is still taken.
    `wait_minutes`: so long after handing in, the next attempt may begin. `honour`: the statement that she agrees to
    before each attempt; empty: none. `access_code`: asked for at the beginning; empty: none. `proctored` is told to
    her and written with the result: this product watches nobody.
    """

    opens_at: datetime | None = None
    closes_at: datetime | None = None
    time_limit_minutes: int = 0
    grace_seconds: int = 30
    late_policy: LatePolicy = LatePolicy.HAND_IN
    wait_minutes: int = 0
    score_kept: ScoreKept = ScoreKept.BEST
    layout: Layout = Layout.ALL
    shuffle_questions: bool = True
    shuffle_choices: bool = True
    key_shown: Shown = Shown.AFTER_LAST
    honour: str = ""
    access_code: str = ""
    proctored: bool = False
    gates: tuple[QuizGate, ...] = field(default=())

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """From what is stored, or what a form says. Raises BadSettingError for what cannot be read or is unknown."""
        known = {each.name: each for each in fields(cls)}
        values = {}
        for name, raw in stored.items():
            if name not in known:
                raise BadSettingError(name)
            values[name] = _read(name, raw)
        found = cls(**values)
        if found.opens_at and found.closes_at and found.closes_at <= found.opens_at:
            raise BadSettingError("closes_at")
        return found

    def stored(self) -> dict[str, Any]:
        """As it is stored: what stands at its default is left out."""
        standard = type(self)()
        data: dict[str, Any] = {}
        for each in fields(self):
            value = getattr(self, each.name)
            if value == getattr(standard, each.name):
                continue
            if isinstance(value, datetime):
                value = value.astimezone(UTC).isoformat()
            elif isinstance(value, tuple):
                value = stored_gates(value)
            data[each.name] = str(value) if isinstance(value, StrEnum) else value
        return data


_CHOICES: dict[str, type[StrEnum]] = {
    "late_policy": LatePolicy,
    "score_kept": ScoreKept,
    "layout": Layout,
    "key_shown": Shown,
}
_WHOLE = {"time_limit_minutes": MOST_MINUTES, "grace_seconds": MOST_SECONDS, "wait_minutes": MOST_MINUTES}
_FLAGS = {"shuffle_questions", "shuffle_choices", "proctored"}
_TEXTS = {"honour": 2000, "access_code": 40}


def _read(name: str, raw: Any) -> Any:
    if name in _CHOICES:
        try:
            return _CHOICES[name](raw)
        except ValueError as error:
            raise BadSettingError(name) from error
    if name in _WHOLE:
        if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw <= _WHOLE[name]:
            raise BadSettingError(name)
        return raw
    if name in _FLAGS:
        if not isinstance(raw, bool):
            raise BadSettingError(name)
        return raw
    if name in _TEXTS:
        if not isinstance(raw, str) or len(raw) > _TEXTS[name] or "\0" in raw:
            raise BadSettingError(name)
        return raw.strip()
    if name == "gates":
        if not isinstance(raw, list | tuple):
            raise BadSettingError(name)
        return gates_from(raw)
    return _instant(name, raw)


def _instant(name: str, raw: Any) -> datetime | None:
    if raw is None or raw == "":
        return None
    try:
        found = raw if isinstance(raw, datetime) else datetime.fromisoformat(raw)
    except (TypeError, ValueError) as error:
        raise BadSettingError(name) from error
    if found.tzinfo is None:
        raise BadSettingError(name)
    return found.astimezone(UTC)


def gates_from(raw: Iterable[Any]) -> tuple[QuizGate, ...]:
    """Conditions as they are read from what is stored. Raises BadSettingError for what is none."""
    return tuple(_gate(each) for each in raw)


def stored_gates(gates: Iterable[QuizGate]) -> list[dict[str, Any]]:
    """Conditions as they are stored; what is empty is left out."""
    return [_stored_gate(gate) for gate in gates]


def _gate(raw: Any) -> QuizGate:
    if isinstance(raw, QuizGate):
        return raw
    if not isinstance(raw, Mapping) or set(raw) - {"kind", "code", "minutes", "title"}:
        raise BadSettingError("gates")
    gate = QuizGate(**raw)
    whole = isinstance(gate.minutes, int) and not isinstance(gate.minutes, bool)
    if not (whole and isinstance(gate.code, str) and isinstance(gate.title, str)):
        raise BadSettingError("gates")
    if gate.kind == "minutes" and 0 < gate.minutes <= MOST_MINUTES:
        return gate
    if gate.kind == "milestone" and gate.code and gate.minutes == 0:
        return gate
    raise BadSettingError("gates")


def _stored_gate(gate: QuizGate) -> dict[str, Any]:
    data = {"kind": gate.kind, "code": gate.code, "minutes": gate.minutes, "title": gate.title}
    return {name: value for name, value in data.items() if value}
