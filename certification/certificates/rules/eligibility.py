"""When a record may get its certificate, condition by condition."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from .names import clean_name


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing a record must show. `kind`: total, category, fact, name, or a kind of the rules' unmet list.

    `required`, `has` and `short` are minutes where the thing is hours; `on` is the day on which a fact became true.
    """

    kind: str
    code: str
    title: str
    met: bool
    required: int | None = None
    has: int | None = None
    short: int | None = None
    on: datetime | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether a record may get its certificate, condition by condition."""

    rows: tuple[Condition, ...]

    @property
    def met(self) -> bool:
        """Nothing is missing."""
        return not self.missing

    @property
    def missing(self) -> tuple[Condition, ...]:
        """What is missing, in the order of the rows."""
        return tuple(row for row in self.rows if not row.met)


class _Node(Protocol):
    """What eligibility and the frozen facts read of one category of an evaluation."""

    code: str
    title: str
    required: int
    attended: int
    creditable: int
    counted: int

    @property
    def short(self) -> int: ...


class _Fact(Protocol):
    """A required fact, or a milestone."""

    code: str
    title: str


def eligibility(
    *,
    evaluation: Any,
    requirements: Sequence[_Fact],
    milestones: Iterable[Any],
    holder_name: str,
    undrawable: str,
) -> Eligibility:
    """List every condition of a certificate of completion as met or missing.

    `evaluation` is the rules' Evaluation; `undrawable` are the signs of the name that no font of ours has.
    """
    rows = [_hours("total", "", "", evaluation.total)]
    rows += [_hours("category", node.code, node.title, node) for node in evaluation.walk() if node.required]
    listed = {(row.kind, row.code) for row in rows}
    rows += [
        Condition(
            unmet.kind,
            unmet.code or "",
            unmet.title,
            False,
            required=unmet.required,
            short=unmet.short,
            message=unmet.message,
        )
        for unmet in evaluation.unmet
        if (unmet.kind, unmet.code or "") not in listed
    ]
    seen: dict[str, datetime] = {}
    for milestone in milestones:
        seen.setdefault(milestone.code, milestone.occurred_at)
    rows += [
        Condition("fact", fact.code, fact.title, fact.code in seen, on=seen.get(fact.code)) for fact in requirements
    ]
    rows.append(
        Condition("name", undrawable, clean_name(holder_name), bool(clean_name(holder_name)) and not undrawable)
    )
    return Eligibility(tuple(rows))


def _hours(kind: str, code: str, title: str, node: _Node) -> Condition:
    return Condition(kind, code, title, node.short == 0, required=node.required, has=node.counted, short=node.short)
