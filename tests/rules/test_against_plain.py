"""Whole packs, rows and contexts, drawn by Hypothesis: the product and the plain second reading of the contract agree.

`PLAIN_EXAMPLES=20000` looks at more of them than the suite has time for.
"""

import csv
import datetime as dt
import functools
import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import certification.requirements as room
from certification.requirements import rules
from tests.effort import examples
from tests.rules.plain import codes_below, judge, plus_months, read_pack

EXAMPLES = int(os.environ.get("PLAIN_EXAMPLES", examples(100)))

VECTORS = Path(__file__).parents[1] / "data" / "vectors"
WORKED = sorted(folder.name for folder in VECTORS.iterdir() if folder.is_dir())
PACKS = Path(room.__file__).parent / "packs"

MONTH_ENDS = tuple(map(dt.date.fromisoformat, ("2024-02-29", "2025-02-28", "2025-04-30", "2024-12-31")))
SKELETONS: tuple[dict[str, Any], ...] = (
    {"a": {"a1": {"a11": {}, "a12": {}}, "a2": {}}, "b": {"b1": {}}, "elective": {}},
    {"a": {"a1": {"a11": {}}}, "b": {"b1": {"elective": {}}}},
)
"""Where a code stands, if a pack has it: so that what packs say of the same code can be merged."""
CODES = ("a", "a1", "a11", "a12", "a2", "b", "b1", "elective")
TAGS = ("t1", "t2", "b")
"""The last is a category's code as well, where the pack has that category."""
COLUMNS = (
    *("date", "minutes", "category", "start", "end", "tags", "delivery", "source", "course", "school", "grade_percent"),
    *("attendance_percent", "supervisor_licence_valid_from", "supervisor_licence_valid_to", "paid"),
)

deliveries = st.sampled_from(rules.DELIVERIES)
percents = st.sampled_from(("0", "59.99", "60", "69.995", "70", "70.5", "85", "100"))
shares = st.sampled_from(("0", "0.1", "0.33", "0.49", "0.5", "0.70", "1"))
years = st.sampled_from(("1", "2"))
offsets = st.integers(-17, 17)
wholes = st.integers(1, 5).map(str)
bools = st.sampled_from(("true", "false"))
tags = st.sampled_from(TAGS)


def flow(value: Any) -> str:
    """YAML in flow style; texts stand plain, so that a reader sees numbers, dates and booleans."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(flow, value)) + "]"
    return str(value)


@dataclass
class Drawn:
    """What is judged: texts only, as they come to the product's doors."""

    pack: str
    others: dict[str, str] = field(default_factory=dict)
    entries: str = "date,minutes,category\n"
    context: dict[str, Any] = field(default_factory=dict)
    as_of: dt.date | None = None

    def find(self, label: str) -> tuple[str, str] | None:
        """A pack that another one extends."""
        return (self.others[label], f"{label}.yaml") if label in self.others else None


class Draws:
    """What the parts of one example share: the draw, its month's end and its unit."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.middle = draw(st.sampled_from(MONTH_ENDS))
        self.skeleton = draw(st.sampled_from(SKELETONS))
        self.units = draw(st.sampled_from(((50,), (60,), (50, 60))))
        self.pivot = draw(st.sampled_from((0, 60, 150)))
        """Minutes that no minimum is above and no maximum below: who asks for more than counts is refused."""
        self.row_days = [self.day() for _ in range(draw(st.integers(1, 6)))]
        """Few, so that rows meet on a day."""

    def chance(self) -> bool:
        """As likely as not."""
        return self.draw(st.booleans())

    def hours(self, most: int, least: int = 0) -> str:
        """Some hours, about from so many minutes to so many, that are whole minutes in each unit that packs may have."""
        step = {(50,): Decimal("0.02"), (60,): Decimal("0.05"), (50, 60): Decimal("0.1")}[self.units]
        per_step = int(step * self.units[0])
        return str(self.draw(st.integers(least // per_step, most // per_step)) * step)

    def minimum(self) -> str:
        """Hours that any maximum leaves room for."""
        return self.hours(self.pivot)

    def maximum(self) -> str:
        """Hours that any minimum fits into."""
        return self.hours(self.pivot + 150, self.pivot)

    def day(self) -> str:
        """A day near the month's end."""
        return (self.middle + dt.timedelta(days=self.draw(offsets))).isoformat()

    def drawn(self, part: Any) -> Any:
        """What a strategy or a function gives."""
        return self.draw(part) if isinstance(part, st.SearchStrategy) else part()

    def some(self, **parts: Any) -> dict[str, Any]:
        """Some of these keys."""
        mask = self.draw(st.integers(0, 2 ** len(parts) - 1))
        return {key: self.drawn(part) for place, (key, part) in enumerate(parts.items()) if mask >> place & 1}

    def part(self, **parts: Any) -> dict[str, Any]:
        """Some of these keys, at least one."""
        first = self.draw(st.sampled_from(list(parts)))
        others = {key: part for key, part in parts.items() if key != first}
        return {first: self.drawn(parts[first]), **self.some(**others)}

    def early_day(self) -> str:
        """A day on which a course may have begun: most rows come after it."""
        return self.shifted(self.day(), days=self.draw(st.sampled_from((-28, -28, -14, 0))))

    def shifted(self, day: str, *, days: int = 0, months: int = 0) -> str:
        """So many months later, or on the month's last day, and so many days after that."""
        moved = plus_months(dt.date.fromisoformat(day), months)
        return (moved + dt.timedelta(days=days)).isoformat()

    def about(self, day: str, months: st.SearchStrategy[int], weeks: st.SearchStrategy[int]) -> str:
        """The day on which so many months or weeks after another one are over, or a neighbour of it."""
        months_drawn, weeks_drawn = (self.draw(months), 0) if self.chance() else (0, self.draw(weeks))
        return self.shifted(day, months=months_drawn, days=7 * weeks_drawn + self.draw(st.integers(-1, 1)))

    def period(self) -> dict[str, str]:
        """A period with one end or two."""
        first, last = sorted((self.day(), self.day()))
        return self.draw(st.sampled_from(({"from": first, "to": last}, {"from": first}, {"to": last})))

    def periods(self) -> list[dict[str, str]]:
        """Up to three of them; they may overlap."""
        return [self.period() for _ in range(self.draw(st.integers(0, 3)))]

    # - Packs

    def tree(self, skeleton: dict[str, Any]) -> list[dict[str, Any]]:
        """Some of the nodes, in any order."""
        codes = self.draw(st.permutations(list(skeleton)))
        return [self.node(code, skeleton[code]) for code in codes if self.draw(st.integers(0, 3)) > 0]

    def node(self, code: str, below: dict[str, Any]) -> dict[str, Any]:
        """One node and some below it."""
        children = self.tree(below)
        return {
            "code": code,
            **self.some(
                title=st.just(code.upper()),
                min_hours=self.minimum,
                max_hours=self.maximum,
                delivery=st.permutations(rules.DELIVERIES).flatmap(
                    lambda all_: st.sampled_from((all_[:2], all_[:1], all_))
                ),
                distance_periods=self.periods,
                unpaid=bools,
                min_in_person_hours=lambda: self.hours(100),
                max_transfer_hours=lambda: self.hours(150),
            ),
            **({"children": children} if children else {}),
        }

    def overlay(self) -> dict[str, Any]:
        """A tag across the tree or within a category; `within` is kept only where the category is there."""
        return {
            "tag": self.draw(tags),
            **self.some(within=st.sampled_from(CODES), min_hours=self.minimum, max_hours=self.maximum),
        }

    def gate(self) -> dict[str, Any]:
        """One gate; a code that is no category of the pack is a tag."""
        keys = self.draw(st.lists(st.sampled_from(("total", *CODES, *TAGS)), min_size=1, max_size=2, unique=True))
        return {
            "before": self.draw(st.sampled_from((*CODES, *TAGS))),
            "requires": {key: self.hours(120) for key in keys},
        }

    def rounding(self) -> dict[str, Any]:
        """Any of the three modes."""
        mode = self.draw(st.sampled_from(("none", "down", "nearest")))
        increments = st.sampled_from(("0.5", "1", "0.1", "2"))
        return {"mode": mode, **self.some(increment_hours=increments, first_credit_hours=lambda: self.hours(200))}

    def keys(self) -> dict[str, Any]:
        """The keys that any pack may have beside its head."""
        return {
            "total_hours": self.hours(600),
            "categories": self.tree(self.skeleton),
            **self.some(
                valid_from=self.early_day,
                valid_to=lambda: (self.middle + dt.timedelta(days=18)).isoformat(),
                rounding=self.rounding,
                overlays=lambda: [self.overlay() for _ in range(self.draw(st.integers(1, 3)))],
                gates=lambda: [self.gate() for _ in range(self.draw(st.integers(1, 2)))],
                pace=lambda: self.part(
                    max_hours_per_day=lambda: self.hours(200),
                    max_hours_per_week=lambda: self.hours(400),
                    week_starts=st.sampled_from(("sunday", "monday", "thursday")),
                    min_weeks=st.integers(1, 4).map(str),
                    min_months=st.integers(1, 13).map(str),
                ),
                distance=lambda: self.part(max_hours=lambda: self.hours(200), max_share=shares),
                transfer=lambda: self.part(max_hours=lambda: self.hours(200), max_share=shares, max_age_years=years),
                max_age_years=years,
                grades=lambda: self.part(min_percent=percents, min_average=percents),
                attendance=lambda: self.part(min_percent=percents),
                course_share=lambda: self.draw(st.dictionaries(tags, shares, min_size=1, max_size=2)),
                linkage=lambda: self.part(max_courses=wholes, one_school=bools),
                requirements=st.lists(st.sampled_from(("cpr", "first_aid")), unique=True),
            ),
        }

    def head(self, place: int, base: Sequence[str]) -> dict[str, Any]:
        """What every pack says of itself; one that extends another may leave the rest to that one."""
        known = {
            "title": "A pack",
            "status": self.draw(st.sampled_from(rules.STATUSES)),
            "sources": [{"citation": "drawn", "read_on": "2026-11-21"}],
            "applies_by": self.draw(st.sampled_from(rules.AXES)),
            "unit_minutes": str(self.draw(st.sampled_from(self.units))),
            **self.keys(),
        }
        if place:
            known = {"extends": f"pack-{place - 1}@1"} | {key: part for key, part in known.items() if self.chance()}
            if "categories" in known and self.chance():
                known["categories"] = self.flattened(known["categories"], (*self.skeleton, *base))
        elif self.units == (60,) and self.chance():
            del known["unit_minutes"]
        return {"schema": "hour-rules/1", "id": f"pack-{place}", "version": "1", **known}

    def flattened(self, nodes: list[dict[str, Any]], codes: Sequence[str]) -> list[dict[str, Any]]:
        """The nodes of these codes, without their parents."""
        flat = []
        for node in nodes:
            if node["code"] in codes:
                flat.append({key: part for key, part in node.items() if key != "children"})
            flat += self.flattened(node.get("children", []), codes)
        return flat

    def packs(self) -> list[str]:
        """One pack, or a chain of packs of which each extends the one before."""
        texts: list[str] = []
        there: list[str] = []
        for place in range(self.draw(st.sampled_from((1, 1, 1, 2, 3)))):
            pack = self.head(place, there)
            there = codes_of(flow(pack), label_all(texts))
            if "overlays" in pack:
                for overlay in pack["overlays"]:
                    if overlay.get("within") not in (*there, "elective"):
                        overlay.pop("within", None)
                pack["overlays"] = list({(one["tag"], one.get("within")): one for one in pack["overlays"]}.values())
            texts.append(flow(pack) + "\n")
        return texts

    # - Rows

    def entries(self, codes: list[str]) -> str:
        """The text of a file of entries: columns in any order, and only those that some row needs."""
        rows = [self.row(codes) for _ in range(self.draw(st.integers(0, 14)))]
        used = [
            column
            for column in COLUMNS
            if column in ("date", "minutes", "category") or any(row.get(column) for row in rows)
        ]
        text = io.StringIO()
        writer = csv.DictWriter(text, self.draw(st.permutations(used)), extrasaction="ignore", restval="")
        writer.writeheader()
        writer.writerows(rows)
        return text.getvalue()

    def row(self, codes: list[str]) -> dict[str, str]:
        """One row."""
        minutes, date = self.draw(st.integers(1, 130)), self.draw(st.sampled_from(self.row_days))
        source = self.draw(st.sampled_from(("", "", *rules.SOURCES, "transfer")))
        if source == "transfer" and self.chance():
            date = self.about(date, st.sampled_from((-12, -24)), st.just(0))
        return {
            "date": date,
            "minutes": str(minutes),
            "category": self.draw(st.sampled_from([*codes, "elective"])),
            "source": source,
            **(self.times(date, minutes) if self.chance() else {}),
            **self.some(
                tags=st.lists(tags, max_size=3).map("; ".join),
                delivery=deliveries,
                course=st.sampled_from(("c1", "c2", "c3")),
                school=st.sampled_from(("s1", "s2")),
                grade_percent=percents,
                attendance_percent=percents,
                paid=bools,
            ),
            **(self.licence() if self.draw(st.integers(0, 7)) == 7 else {}),
        }

    def licence(self) -> dict[str, str]:
        """How long the supervisor's licence holds, with one end or two."""
        names = {"from": "supervisor_licence_valid_from", "to": "supervisor_licence_valid_to"}
        return {names[end]: day for end, day in self.period().items()}

    def times(self, date: str, minutes: int) -> dict[str, str]:
        """A span that holds the minutes and perhaps a break; now and then over midnight, often in odd seconds."""
        zone = dt.timezone(dt.timedelta(minutes=self.draw(st.sampled_from((0, 0, -300, 330)))))
        midnight = dt.datetime.combine(dt.date.fromisoformat(date), dt.time(), zone)
        start = midnight + dt.timedelta(
            days=self.draw(st.sampled_from((0, 0, 0, 0, -1))),
            hours=self.draw(st.sampled_from((8, 9, 9, 10, 23))),
            minutes=self.draw(st.sampled_from((0, 0, 15, 59))),
            seconds=self.draw(st.sampled_from((0, 0, 1, 30, 59.5))),
        )
        end = start + dt.timedelta(minutes=minutes + self.draw(st.sampled_from((0, 0, 0, 10, 60))))
        end += dt.timedelta(seconds=self.draw(st.sampled_from((0, 0, 1, 29, 59))))
        return {"start": start.isoformat(), "end": end.isoformat()}

    # - Context

    def known(self) -> dict[str, Any]:
        """What is known beside the hours; days lie where limits of time run out."""
        begun = self.early_day()
        # A transfer may be an age old on this day, and the age begin in leap years.
        enrolled = self.about(begun, st.sampled_from((0, 12, 24)), st.integers(0, 1))
        completed = self.about(begun, st.integers(0, 13), st.integers(0, 4))
        applied = self.about(completed, st.sampled_from((0, 12, 24)), st.integers(0, 3))
        return self.some(
            program_start=st.sampled_from((begun, enrolled)),
            enrolled_on=st.sampled_from((begun, begun, enrolled)),
            completed_on=st.just(completed),
            applied_on=st.just(applied),
            requirements=st.dictionaries(st.sampled_from(("cpr", "first_aid", "other")), bools),
            school_open=lambda: self.draw(
                st.sampled_from((*[[{"from": self.shifted(self.middle.isoformat(), days=-12)}]] * 4, []))
            ),
        )


def label_all(texts: Sequence[str]) -> dict[str, str]:
    """Packs by their `id@version`."""
    return {f"pack-{place}@1": text for place, text in enumerate(texts)}


def codes_of(text: str, others: Mapping[str, str]) -> list[str]:
    """The codes of the categories of a pack, what it extends included."""

    return codes_below(read_pack(text, others).get("categories", []))


@st.composite
def cases(draw: st.DrawFn) -> Drawn:
    """One pack, rows and a context."""
    draws = Draws(draw)
    *others, text = draws.packs()
    return Drawn(
        pack=text,
        others=label_all(others),
        entries=draws.entries(codes_of(text, label_all(others))),
        context=draws.known(),
        as_of=dt.date.fromisoformat(draws.day()) if draw(st.integers(0, 3)) == 0 else None,
    )


def judged(case: Drawn) -> dict[str, Any]:
    """What the product says, through its public doors, without the messages."""
    got = rules.evaluate(
        rules.load(case.pack, file="pack.yaml", find=case.find),
        rules.read_entries(case.entries.encode(), file="entries.csv"),
        context=rules.read_context(flow(case.context), file="context.yaml"),
        as_of=case.as_of,
    ).as_dict()
    got["unmet"] = [{key: value for key, value in lack.items() if key != "message"} for lack in got["unmet"]]
    return got


def judged_plainly(case: Drawn) -> dict[str, Any]:
    """What the second reading says."""
    rows = list(csv.DictReader(io.StringIO(case.entries, newline="")))
    return judge(case.pack, rows, case.context, others=case.others, as_of=case.as_of)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_the_product_says_what_the_contract_says(case: Drawn) -> None:
    assert judged(case) == judged_plainly(case)


@functools.cache
def packs_in(folder: Path) -> Mapping[str, str]:
    """The packs in a folder by `id@version`."""
    paths = [path for path in folder.glob("*.yaml") if path.name != "context.yaml"]
    return {rules.label_of(text, file=""): text for text in (path.read_text(encoding="utf-8") for path in paths)}


@pytest.mark.parametrize("name", WORKED)
def test_a_worked_case_is_read_alike(name: str) -> None:
    folder = VECTORS / name
    context = folder / "context.yaml"
    case = Drawn(
        pack=(folder / "rules.yaml").read_text(encoding="utf-8"),
        others={**packs_in(PACKS), **packs_in(folder)},
        entries=(folder / "entries.csv").read_text(encoding="utf-8"),
        context=yaml.load(context.read_text(encoding="utf-8"), Loader=yaml.BaseLoader) if context.exists() else {},
    )
    assert judged(case) == judged_plainly(case)
