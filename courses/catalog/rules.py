"""Judges when a lesson opens for a learner and what finishing it takes. Pure: no clock, no database.

A lesson opens when its day has come and every gate is met; it is finished when every requirement is met. An override
moves the day, lets her through the gates, or waives requirements: never the measuring of her minutes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

GATES = ("lesson", "module", "quiz", "minutes", "milestone")
WAIVABLE = ("minutes", "self_checks", "quiz", "mark")


@dataclass(frozen=True, slots=True)
class Gate:
    """One thing that must have happened before.

    `lesson`: the lesson of this code is finished. `module`: all lessons of the module of this code are. `quiz`: the
    quiz of the module of this code is passed. `minutes`: so many attended minutes in the category `code` and below,
    or in all where it is empty. `milestone`: the record holds a milestone of this code, such as a check-off.
    """

    kind: str
    code: str = ""
    minutes: int = 0

    def as_data(self) -> dict[str, Any]:
        """As it is stored; what is empty is left out."""
        data: dict[str, Any] = {"kind": self.kind}
        if self.code:
            data["code"] = self.code
        if self.minutes:
            data["minutes"] = self.minutes
        return data


def gates_from(data: Iterable[Mapping[str, Any]]) -> tuple[Gate, ...]:
    """Gates as they were stored. Raises ValueError for what is none."""
    gates = []
    for item in data:
        gate = Gate(str(item.get("kind", "")), str(item.get("code", "")), int(item.get("minutes", 0)))
        named = bool(gate.code) if gate.kind != "minutes" else gate.minutes > 0
        if gate.kind not in GATES or not named:
            raise ValueError(f"no gate: {dict(item)}")
        gates.append(gate)
    return tuple(gates)


@dataclass(frozen=True, slots=True)
class Release:
    """When a lesson opens: on a local day, so many days after the learner's start, after gates. All of them hold.

    `in_line` is the lesson's code where its program opens one lesson after the other, else empty.
    """

    on: date | None = None
    after_days: int | None = None
    gates: tuple[Gate, ...] = ()
    in_line: str = ""

    @property
    def always(self) -> bool:
        """Whether it is open from the first."""
        return self.on is None and self.after_days is None and not self.gates and not self.in_line


@dataclass(frozen=True, slots=True)
class Standing:
    """What a record holds on `today`, in its own zone: milestones by code, attended minutes by category with those
    below it (the empty code is all of them), and the codes of the lessons of each module, all in the program's order.
    """

    today: date
    started_on: date
    milestones: frozenset[str] = frozenset()
    minutes: Mapping[str, int] | None = None
    lessons: Mapping[str, Sequence[str]] | None = None


@dataclass(frozen=True, slots=True)
class Exemption:
    """What was decided for one learner: another day, no gates, requirements that she need not meet."""

    opens_on: date | None = None
    opens_now: bool = False
    waives: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Wait:
    """Why a lesson is not open yet: a day that has not come, or a gate; `left` counts its lessons or minutes missing."""

    kind: str
    gate: Gate | None = None
    on: date | None = None
    left: int = 0


def waits(release: Release, standing: Standing, exemption: Exemption | None = None) -> tuple[Wait, ...]:
    """What a lesson still waits for; empty when it is open. A learner's own day stands in place of the lesson's."""
    exemption = exemption or Exemption()
    if exemption.opens_now:
        return ()
    found = []
    days = [exemption.opens_on] if exemption.opens_on else _days(release, standing)
    day = max((each for each in days if each is not None), default=None)
    if day is not None and day > standing.today:
        found.append(Wait("day", on=day))
    for gate in release.gates:
        left = _left(gate, standing)
        if left:
            found.append(Wait("gate", gate=gate, left=left))
    if ahead := _ahead(release, standing):
        found.append(Wait("gate", gate=Gate("lesson", ahead[0]), left=len(ahead)))
    return tuple(found)


def _ahead(release: Release, standing: Standing) -> list[str]:
    """The unfinished lessons that stand before this one, where the program opens them in order."""
    if not release.in_line:
        return []
    ahead: list[str] = []
    for code in (code for lessons in (standing.lessons or {}).values() for code in lessons):
        if code == release.in_line:
            break
        if f"lesson:{code}" not in standing.milestones:
            ahead.append(code)
    return ahead


def _days(release: Release, standing: Standing) -> list[date | None]:
    after = release.after_days
    return [release.on, None if after is None else standing.started_on + timedelta(days=after)]


def _left(gate: Gate, standing: Standing) -> int:
    if gate.kind == "minutes":
        return max(gate.minutes - (standing.minutes or {}).get(gate.code, 0), 0)
    if gate.kind == "module":
        lessons = (standing.lessons or {}).get(gate.code, ())
        return sum(f"lesson:{code}" not in standing.milestones for code in lessons)
    code = gate.code if gate.kind == "milestone" else f"{gate.kind}:{gate.code}"
    return int(code not in standing.milestones)


@dataclass(frozen=True, slots=True)
class Requirement:
    """What finishing a lesson takes besides opening it."""

    minutes: int = 0
    """Least seat minutes."""
    self_checks: bool = False
    """Every self-check of the published words answered."""
    quiz_percent: int | None = None
    """Least percent in the quiz of its module."""
    mark: bool = False
    """An instructor has said that it is done."""


@dataclass(frozen=True, slots=True)
class Done:
    """What one learner has done of a lesson. `quiz_hundredths` is her grade in percent times 100, None without one."""

    minutes: int = 0
    self_checks: int = 0
    self_checks_of: int = 0
    quiz_hundredths: int | None = None
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Lack:
    """One requirement that is not met: `minutes`, `self_checks`, `quiz` or `mark`, and how much is left of it."""

    kind: str
    left: int = 1


def lacks(requirement: Requirement, done: Done, exemption: Exemption | None = None) -> tuple[Lack, ...]:
    """What is missing to finish a lesson, in the order in which she can do something about it."""
    found = []
    if done.minutes < requirement.minutes:
        found.append(Lack("minutes", requirement.minutes - done.minutes))
    if requirement.self_checks and done.self_checks < done.self_checks_of:
        found.append(Lack("self_checks", done.self_checks_of - done.self_checks))
    if requirement.quiz_percent is not None and (done.quiz_hundredths or 0) < requirement.quiz_percent * 100:
        found.append(Lack("quiz", requirement.quiz_percent))
    if requirement.mark and not done.marked:
        found.append(Lack("mark"))
    waived = exemption.waives if exemption else frozenset()
    return tuple(lack for lack in found if lack.kind not in waived)


@dataclass(frozen=True, slots=True)
class Node:
    """One lesson of a program with the gates of its own and of its module."""

    code: str
    module: str
    gates: tuple[Gate, ...] = ()


def in_line(lessons: Sequence[Node]) -> list[Node]:
    """The same lessons where each also waits for the one before it."""
    linked = list(lessons[:1])
    for before, lesson in pairwise(lessons):
        linked.append(replace(lesson, gates=(*lesson.gates, Gate("lesson", before.code))))
    return linked


def never_open(lessons: Sequence[Node]) -> tuple[str, ...]:
    """The codes of lessons that can never open, since they wait for each other, themselves or what is not there.

    Days, minutes, quizzes and other milestones can always come; only lessons and modules wait in circles.
    """
    known = {lesson.code for lesson in lessons}
    inside: dict[str, set[str]] = {}
    for lesson in lessons:
        inside.setdefault(lesson.module, set()).add(lesson.code)
    opened: set[str] = set()
    while True:
        fresh = {lesson.code for lesson in lessons if lesson.code not in opened and _can_open(lesson, inside, opened)}
        if not fresh:
            return tuple(sorted(known - opened))
        opened |= fresh


def never_begun(examinations: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The codes of examinations that nobody could ever begin, since they wait for each other or for themselves.

    `examinations` says of each which codes come before it; those that are no examination here can always come.
    """
    known, begun = set(examinations), set[str]()
    while fresh := {code for code in known - begun if (set(examinations[code]) & known) <= begun}:
        begun |= fresh
    return tuple(sorted(known - begun))


def _can_open(lesson: Node, inside: Mapping[str, set[str]], opened: set[str]) -> bool:
    for gate in lesson.gates:
        if gate.kind == "lesson" and gate.code not in opened:
            return False
        if gate.kind == "module" and not inside.get(gate.code, set()) <= opened:
            return False
    return True
