"""Reads the whole story of one record: every line in the order of the log, how they hang together, and all beside them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from certification.requirements.selectors import spec_for

from ..models import Claim, Correction, CourseResult, HourEntry, Posting, RuleSetChange, TrainingRecord

STANDS, CORRECTED, GONE, BACK = "stands", "corrected", "gone", "back"
LINE_STATES = (STANDS, CORRECTED, GONE, BACK)


@dataclass(frozen=True, slots=True)
class LeftOutTime:
    """Time that a posting asked for and did not get: whose line holds it."""

    starts_at: datetime
    ends_at: datetime
    minutes: int
    holder: HourEntry | None


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One entry of the log with what it hangs together with.

    `state` is one of LINE_STATES: it stands, it stands as a corrected line, it was taken back, it takes one back.
    `by` is the name of who recorded it; empty for the system. `left_out` is told once, at a posting's first line.
    """

    entry: HourEntry
    category_title: str
    state: str
    by: str
    signer_name: str
    taken_back_by: HourEntry | None
    correction: Correction | None
    replaces: HourEntry | None
    left_out: tuple[LeftOutTime, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """One record with everything that is on file about it. `lines` are all of them; `empty_postings` posted nothing."""

    record: TrainingRecord
    lines: tuple[StoryLine, ...]
    empty_postings: tuple[tuple[Posting, tuple[LeftOutTime, ...]], ...]
    corrections: tuple[Correction, ...]
    claims: tuple[Claim, ...]
    results: tuple[CourseResult, ...]
    rule_set_changes: tuple[RuleSetChange, ...]

    @property
    def months(self) -> list[str]:
        """The months (`2026-03`) in which lines lie, newest first."""
        return sorted({line.entry.date.strftime("%Y-%m") for line in self.lines}, reverse=True)

    @property
    def sources(self) -> list[str]:
        """The sources that lines come from, in order of first use."""
        return list(dict.fromkeys(line.entry.source for line in self.lines))

    def narrowed(self, *, month: str = "", source: str = "", state: str = "") -> list[StoryLine]:
        """The lines of one month, source and state; an empty wish leaves all."""
        return [
            line
            for line in self.lines
            if (not month or line.entry.date.strftime("%Y-%m") == month)
            and (not source or line.entry.source == source)
            and (not state or line.state == state)
        ]


def story_of(record: TrainingRecord) -> Story:
    """Everything on file about a record, with school and rule set loaded. At most 8 queries, whatever its length."""
    entries = list(HourEntry.objects.filter(record=record).select_related("posting", "text").order_by("position"))
    postings = list(Posting.objects.filter(record=record, entries=None).order_by("posted_at", "pk"))
    corrections = tuple(
        Correction.objects.filter(record=record)
        .select_related("proposed_by", "decided_by", "entry", "claim")
        .order_by("-proposed_at", "-pk")
    )
    claims = tuple(
        Claim.objects.filter(record=record).select_related("entry", "answered_by").order_by("-made_at", "-pk")
    )
    holders = _holders([*(entry.posting for entry in entries), *postings])
    people = _names(entry.recorded_by for entry in entries)
    titles = {code: node.title for code, node in spec_for(record.rule_set).by_code.items()}
    return Story(
        record=record,
        lines=tuple(_lines(entries, corrections, holders, people, titles)),
        empty_postings=tuple((posting, _left_out(posting, holders)) for posting in postings),
        corrections=corrections,
        claims=claims,
        results=tuple(CourseResult.objects.filter(record=record).order_by("recorded_at", "pk")),
        rule_set_changes=tuple(
            RuleSetChange.objects.filter(record=record)
            .select_related("before", "after", "activation__activated_by")
            .order_by("changed_at", "pk")
        ),
    )


def _lines(
    entries: list[HourEntry],
    corrections: tuple[Correction, ...],
    holders: dict[str, HourEntry],
    people: dict[UUID, str],
    titles: dict[str, str],
) -> Iterable[StoryLine]:
    by_id = {entry.pk: entry for entry in entries}
    backs = {entry.reverses_id: entry for entry in entries if entry.reverses_id is not None}
    by_key = {correction.source_key: correction for correction in corrections}
    told: set[int] = set()
    for entry in entries:
        correction = by_key.get(entry.posting.source_key.removesuffix("/back"))
        if entry.reverses_id is not None:
            state = BACK
        elif entry.pk in backs:
            state = GONE
        else:
            state = CORRECTED if entry.evidence == "corrected" else STANDS
        replaces = None
        if entry.reverses_id is not None:
            replaces = by_id.get(entry.reverses_id)
        elif correction is not None and correction.entry_id is not None:
            replaces = by_id.get(correction.entry_id)
        first = entry.posting_id not in told
        told.add(entry.posting_id)
        yield StoryLine(
            entry=entry,
            category_title=titles.get(entry.category, entry.category),
            state=state,
            by=people.get(entry.recorded_by, "") if entry.recorded_by else "",
            signer_name=_signer(entry),
            taken_back_by=backs.get(entry.pk),
            correction=correction,
            replaces=replaces,
            left_out=_left_out(entry.posting, holders) if first else (),
        )


def _holders(postings: Iterable[Posting]) -> dict[str, HourEntry]:
    """The lines that hold what was left out, by uuid. One query."""
    wanted = {row["entry"] for posting in postings for row in posting.left_out}
    rows: QuerySet[HourEntry] = HourEntry.objects.filter(uuid__in=wanted).select_related("record")
    return {str(entry.uuid): entry for entry in rows}


def _left_out(posting: Posting, holders: dict[str, HourEntry]) -> tuple[LeftOutTime, ...]:
    return tuple(
        LeftOutTime(
            datetime.fromisoformat(row["starts_at"]),
            datetime.fromisoformat(row["ends_at"]),
            row["minutes"],
            holders.get(row["entry"]),
        )
        for row in posting.left_out
    )


def _names(uuids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Names of people by their uuid. One query."""
    people = User.objects.filter(uuid__in={uuid for uuid in uuids if uuid is not None})
    return {person.uuid: person.get_full_name() for person in people}


def _signer(entry: HourEntry) -> str:
    text = getattr(entry, "text", None)
    return str(json.loads(text.body).get("signer_name", "")) if text else ""
