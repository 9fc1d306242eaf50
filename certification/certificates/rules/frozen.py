"""The facts that are frozen at issue, and their canonical form."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import rfc8785

from certification.requirements.rules import Context

DATA_FORM = "palmar-certificate/1"


def canonical(value: Any) -> str:
    """RFC 8785 JSON: the same facts are the same bytes on every machine and both databases."""
    return rfc8785.dumps(value).decode()


def sha256(text: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(text).hexdigest()


@dataclass(frozen=True, slots=True)
class Signer:
    """Who put a name to the certificate: as prepared it, or as issued it."""

    act: str
    uuid: str
    name: str
    role: str
    on: date


_CONTEXT_DAYS = ("program_start", "enrolled_on", "applied_on", "completed_on")


def context_facts(context: Context) -> dict[str, Any]:
    """What the rules were told beside the hours, by the keys of contract section 3's context."""

    def day(value: date | None) -> str | None:
        return value.isoformat() if value else None

    facts: dict[str, Any] = {name: day(getattr(context, name)) for name in _CONTEXT_DAYS}
    facts["requirements"] = dict(context.requirements)
    if context.school_open is not None:
        facts["school_open"] = [{"from": day(start), "to": day(end)} for start, end in context.school_open]
    return facts


def context_of_facts(facts: Mapping[str, Any]) -> Context:
    """The context that `context_facts` wrote down."""

    def day(value: str | None) -> date | None:
        return date.fromisoformat(value) if value else None

    periods = facts.get("school_open")
    return Context(
        **{name: day(facts[name]) for name in _CONTEXT_DAYS},
        requirements=facts["requirements"],
        school_open=None if periods is None else tuple((day(one["from"]), day(one["to"])) for one in periods),
    )


def category_tree(nodes: Iterable[Any]) -> list[dict[str, Any]]:
    """Categories with titles and the three numbers, children below their parents."""
    return [
        {
            "code": node.code,
            "title": node.title,
            "required": node.required,
            "attended": node.attended,
            "creditable": node.creditable,
            "counted": node.counted,
            "children": category_tree(node.children),
        }
        for node in nodes
    ]


def _summed(lines: Iterable[Any], key: Callable[[Any], Any]) -> dict[Any, list[Any]]:
    groups: dict[Any, list[Any]] = {}
    for line in lines:
        groups.setdefault(key(line), []).append(line)
    return groups


def courses(lines: Sequence[Any], results: Mapping[str, tuple[int | None, int | None]]) -> list[dict[str, Any]]:
    """Per course: what domain rules want of a transcript line. Grade and attendance are percent times 100."""
    listed = []
    for course, rows in sorted(_summed((line for line in lines if line.course), lambda line: line.course).items()):
        grade, attendance = results.get(course, (None, None))
        listed.append(
            {
                "course": course,
                "titles": sorted({row.title for row in rows}),
                "categories": sorted({row.category for row in rows}),
                "deliveries": sorted({row.delivery for row in rows}),
                "sending_schools": sorted({row.sending_school for row in rows if row.sending_school}),
                "signers": sorted({row.signer_name for row in rows if row.signer_name}),
                "from": min(row.date for row in rows).isoformat(),
                "to": max(row.date for row in rows).isoformat(),
                "attended": sum(row.minutes for row in rows),
                "transferred": sum(row.minutes for row in rows if row.source == "transfer"),
                "creditable": sum(row.creditable for row in rows),
                "grade_hundredths": grade,
                "attendance_hundredths": attendance,
            }
        )
    return listed


def clinical(lines: Sequence[Any]) -> list[dict[str, Any]]:
    """Per place and supervisor: minutes by category, and how many lines stand behind them."""
    shifts = (line for line in lines if line.source == "externship")
    listed = []
    for (place, signer), rows in sorted(_summed(shifts, lambda line: (line.place, line.signer_name)).items()):
        minutes = {code: sum(r.minutes for r in some) for code, some in _summed(rows, lambda r: r.category).items()}
        listed.append(
            {
                "site": place,
                "supervisor": signer,
                "from": min(row.date for row in rows).isoformat(),
                "to": max(row.date for row in rows).isoformat(),
                "lines": len(rows),
                "minutes": minutes,
            }
        )
    return listed


def transfers(lines: Sequence[Any]) -> list[dict[str, Any]]:
    """Minutes that came from another school, each with that school's name: domain rules refuse them unnamed."""
    moved = (line for line in lines if line.source == "transfer")
    return [
        {
            "sending_school": school,
            "minutes": sum(row.minutes for row in rows),
            "creditable": sum(row.creditable for row in rows),
        }
        for school, rows in sorted(_summed(moved, lambda line: line.sending_school).items())
    ]


def not_creditable(evaluation: Any) -> dict[str, int]:
    """Minutes by the reason that took them away."""
    reasons: dict[str, int] = {}
    for refused in evaluation.not_creditable:
        reasons[refused.reason] = reasons.get(refused.reason, 0) + refused.minutes
    return reasons


def evidence(lines: Sequence[Any]) -> dict[str, int]:
    """Creditable minutes by evidence grade; grades that carry nothing are left out."""
    sums = {grade: sum(row.creditable for row in rows) for grade, rows in _summed(lines, lambda r: r.evidence).items()}
    return {grade: minutes for grade, minutes in sums.items() if minutes}


def kinds(lines: Sequence[Any], nodes: Iterable[Any]) -> dict[str, dict[str, int]]:
    """Attended minutes that were taught at a distance, and that came from another school: by category with all that
    stands below it, and of everything under "".
    """

    def of(rows: Iterable[Any]) -> dict[str, int]:
        rows = list(rows)
        return {
            "distance": sum(row.minutes for row in rows if row.delivery != "in_person"),
            "transferred": sum(row.minutes for row in rows if row.source == "transfer"),
        }

    by_category = _summed(lines, lambda line: line.category)

    def below(node: Any) -> list[Any]:
        return [*by_category.get(node.code, []), *(row for child in node.children for row in below(child))]

    def walk(some: Iterable[Any]) -> Iterable[Any]:
        for node in some:
            yield node
            yield from walk(node.children)

    return {"": of(lines), **{node.code: of(below(node)) for node in walk(nodes)}}


def corrections(lines: Iterable[Any]) -> list[dict[str, Any]]:
    """The lines that two people put right, each with its reason."""
    return [
        {"on": row.date.isoformat(), "title": row.title, "reason": row.reason, "minutes": row.minutes}
        for row in lines
        if row.evidence == "corrected"
    ]
