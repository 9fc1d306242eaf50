"""What the pages of shifts and signatures show, in the site's time and in words. No queries.

Minutes of a shift are time on the clock, in hours of 60: its supervisor compares them with when it began and ended.
What a placement asks for and has is in hours of the record's rules (`selectors.unit_of`).
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import segno
from django.forms import Form
from django.utils.formats import date_format
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from certification.records.models import SealReason, TrainingRecord

from . import rules
from .models import Complaint, Kind, Region, Screen, Shift, SignOff, SignOffRow, Supervisor, Technique
from .movements import MOVEMENT_NAMES
from .selectors import BoardShift, Explained, ProposedTimes, claim_of, proposed_on_clock, still_as_shown


def why_nothing_is_signed(record: TrainingRecord) -> str:
    """Why nothing that waits in a record is signed or answered any more; empty while it takes hours. No query when the
    school is loaded.
    """
    if record.sealed_at is None:
        return ""
    if record.seal_reason == SealReason.CLOSED:
        return _("%(school)s has closed: nothing new is written into its records.") % {"school": record.school.name}
    return _("The record is sealed: it ended, and nothing new is written into it.")


def licence_words(supervisor: Supervisor) -> str:
    """A supervisor's license for people: profession, state, number and the days that are on file. No query.

    What a signature keeps is `Supervisor.licence_line`, which no language changes.
    """
    words = f"{supervisor.profession}, {supervisor.licence_state} {supervisor.licence_number}"
    days = {
        name: date_format(day, "j M Y")
        for name, day in (("first", supervisor.valid_from), ("last", supervisor.valid_to))
        if day is not None
    }
    if len(days) == 2:
        return f"{words}, {_('%(first)s to %(last)s') % days}"
    if "last" in days:
        return f"{words}, {_('until %(last)s') % days}"
    return f"{words}, {_('from %(first)s') % days}" if days else words


def when_it_goes(goes_at: datetime, zone: str, now: datetime) -> str:
    """When a collected request goes out, by the school's clock: "tonight", "on Sunday evening, 29 November"."""
    days = (goes_at.astimezone(ZoneInfo(zone)).date() - now.astimezone(ZoneInfo(zone)).date()).days
    if goes_at <= now:
        return _("in a few minutes")
    if days == 0:
        return _("tonight")
    if days == 1:
        return _("tomorrow evening")
    local = goes_at.astimezone(ZoneInfo(zone))
    return _("on %(weekday)s evening, %(day)s") % {
        "weekday": date_format(local, "l"),
        "day": date_format(local, "j F"),
    }


@dataclass(frozen=True, slots=True)
class ShownShift:
    """A shift in words: local times are naive, so that templates write them as the clock on the wall showed them."""

    uuid: UUID
    day: date
    starts: datetime
    ends: datetime
    next_day: bool
    zone_change: str
    minutes: int
    break_minutes: int
    kind: str
    counts: bool
    techniques: tuple[str, ...]
    client_code: str
    statement: str
    entered: datetime
    regions: tuple[str, ...] = ()
    complaint: str = ""
    screen: str = ""
    screen_code: str = ""
    measures: tuple[ShownMeasure, ...] = ()
    how: str = Shift.Entered.HAND
    clocked: ShownClock | None = None
    amend_reason: str = ""
    was: ShownShift | None = None

    @property
    def how_words(self) -> str:
        """How its times came to be."""
        return str(Shift.Entered(self.how).label)

    @property
    def hands_on(self) -> bool:
        """Whether it was work on a client."""
        return self.kind == Kind.CLIENT_SESSION.label


@dataclass(frozen=True, slots=True)
class ShownMeasure:
    """One thing that was measured, in words; `after` is empty where nobody measured again."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ShownClock:
    """What a clock measured; `ends` is None where nobody stopped it. `away`: at "in", at "out"."""

    starts: datetime
    ends: datetime | None
    next_day: bool
    break_minutes: int
    away: tuple[str, ...]


def measure_name(measure: Mapping[str, Any]) -> str:
    """What was measured, where, and on which side."""
    where, side = str(measure.get("where", "")), str(measure.get("side", ""))
    sides = {"left": _("left"), "right": _("right")}
    name = str(Region(where).label if where in Region.values else MOVEMENT_NAMES.get(where, where))
    what = {"pain": _("Pain"), "motion": _("Range of motion"), "strength": _("Strength")}[measure["what"]]
    return ", ".join(part for part in (f"{what}: {name}" if name else what, str(sides.get(side, ""))) if part)


def _shown_measure(measure: Mapping[str, Any]) -> ShownMeasure:
    unit = {"pain": "/10", "motion": "°"}.get(measure["what"], "")
    before, after = (
        "" if measure[when] is None else f"{measure[when]}{unit}".replace("-", "\N{MINUS SIGN}")
        for when in ("before", "after")
    )
    return ShownMeasure(measure_name(measure), before, after)


def _shown_clock(told: Mapping[str, Any] | None, zone: ZoneInfo) -> ShownClock | None:
    if told is None:
        return None
    starts, ends = (
        datetime.fromisoformat(told[name]).astimezone(zone).replace(tzinfo=None) if told[name] else None
        for name in ("from", "to")
    )
    assert starts is not None
    next_day = ends is not None and ends.date() > starts.date()
    return ShownClock(starts, ends, next_day, told["break_minutes"], tuple(told["away"]))


def _shown(
    uuid: UUID, starts_at: datetime, ends_at: datetime, created_at: datetime, zone_name: str, facts: Mapping[str, Any]
) -> ShownShift:
    zone = ZoneInfo(zone_name)
    starts, ends = starts_at.astimezone(zone), ends_at.astimezone(zone)
    beside = rules.across(starts_at, ends_at, zone_name)
    return ShownShift(
        uuid=uuid,
        day=starts.date(),
        starts=starts.replace(tzinfo=None),
        ends=ends.replace(tzinfo=None),
        next_day=beside.next_day,
        zone_change=beside.zone_change,
        minutes=facts["minutes"],
        break_minutes=facts["break_minutes"],
        kind=str(Kind(facts["kind"]).label),
        counts=facts["kind"] != Kind.IDLE,
        techniques=tuple(str(Technique(code).label) for code in facts["techniques"]),
        client_code=facts["client_code"],
        statement=facts["statement"],
        entered=created_at.astimezone(zone).replace(tzinfo=None),
        # Rows of before these were asked say nothing of them.
        regions=tuple(str(Region(code).label) for code in facts.get("regions", ())),
        complaint=str(Complaint(facts["complaint"]).label) if facts.get("complaint") else "",
        screen=str(Screen(facts["screen"]).label) if facts.get("screen") else "",
        screen_code=facts.get("screen", ""),
        measures=tuple(_shown_measure(measure) for measure in facts.get("measures", ())),
        how=facts.get("entered", Shift.Entered.HAND),
        clocked=_shown_clock(facts.get("clock"), zone),
        amend_reason=(facts.get("amends") or {}).get("reason", ""),
        was=_was(facts.get("was"), created_at, zone_name),
    )


def _was(claim: Mapping[str, Any] | None, created_at: datetime, zone_name: str) -> ShownShift | None:
    """The signed shift that this one amends, from what is shown beside it."""
    if claim is None:
        return None
    starts_at, ends_at = (datetime.fromisoformat(claim[f"{name}_at"]) for name in ("starts", "ends"))
    return _shown(UUID(claim["shift"]), starts_at, ends_at, created_at, zone_name, claim)


def shown_shift(shift: Shift) -> ShownShift:
    """A shift as it stands now."""
    facts = claim_of(shift) | {"was": claim_of(shift.amends) if shift.amends else None}
    return _shown(shift.uuid, shift.starts_at, shift.ends_at, shift.created_at, shift.placement.site.zone, facts)


def shown_row(row: SignOffRow) -> ShownShift:
    """A shift exactly as a link shows it: from the bytes whose digest is signed; as it stands once they were erased."""
    if row.erased_at:
        return shown_shift(row.shift)
    facts = json.loads(row.shown)
    starts_at, ends_at, entered_at = (
        datetime.fromisoformat(facts[f"{name}_at"]) for name in ("starts", "ends", "entered")
    )
    return _shown(UUID(facts["shift"]), starts_at, ends_at, entered_at, facts["zone"], facts)


@dataclass(frozen=True, slots=True)
class SignRow:
    """One row of the supervisor's page: what is claimed, what she answered so far, and what became of it.

    `state` is open, sign, return, refuse, propose (decided) or changed. `form` takes other times, `proposed` shows those
    that she proposed.
    """

    shown: ShownShift
    digest: str
    state: str
    sign_off: SignOff | None
    answer: str = ""
    words: str = ""
    errors: tuple[str, ...] = ()
    kept_back: str = ""
    form: Form | None = None
    proposed: ProposedTimes | None = None


@dataclass(frozen=True, slots=True)
class SignPage:
    """The supervisor's page."""

    rows: tuple[SignRow, ...]
    errors: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def summary(self) -> list[tuple[str, date | None, str]]:
        """What was refused: the field, the day of the shift that it is about (None: of none), and the sentence."""
        days = {str(row.shown.uuid): row.shown.day for row in self.rows}
        return [
            (name, next((day for uuid, day in days.items() if uuid in name), None), sentence)
            for name, sentences in self.errors.items()
            for sentence in sentences
        ]

    def in_state(self, *states: str) -> list[SignRow]:
        """The rows in one of `states`."""
        return [row for row in self.rows if row.state in states]

    @property
    def kept_back(self) -> list[SignRow]:
        """Rows whose answer was not taken, with the reason."""
        return [row for row in self.rows if row.kept_back]

    @property
    def open(self) -> list[SignRow]:
        """Rows that wait for an answer."""
        return self.in_state("open")

    @property
    def signed(self) -> list[SignRow]:
        """Rows that were signed."""
        return self.in_state("sign")

    @property
    def decided(self) -> list[SignRow]:
        """Rows with a decision."""
        return self.in_state("sign", "return", "refuse", "propose")

    @property
    def open_minutes(self) -> int:
        """Minutes that wait."""
        return sum(row.shown.minutes for row in self.open)

    @property
    def signed_minutes(self) -> int:
        """Minutes signed."""
        return sum(row.shown.minutes for row in self.signed)


def in_groups(digest: str) -> str:
    """A digest in groups of four signs, as a paper shows it to be compared by eye."""
    return " ".join(digest[place : place + 4] for place in range(0, len(digest), 4))


def qr_of(address: str) -> str:
    """The square code of an address as SVG; the page keeps the quiet zone."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", border=0, dark="#000", light=None, xmldecl=False, omitsize=True
    )
    return mark_safe(out.getvalue().decode())  # noqa: S308 (drawn here, of an address of ours)


def sign_page(
    rows: Iterable[SignOffRow],
    *,
    answers: Mapping[UUID, tuple[str, str]] | None = None,
    errors: Mapping[str, list[str]] | None = None,
    kept_back: Mapping[UUID, str] | None = None,
    forms: Mapping[UUID, Form] | None = None,
    zone: str,
) -> SignPage:
    """Put the page together: rows as sent, answers as typed, refusals beside them; `zone` is the site's."""
    answers, errors, kept_back, forms = answers or {}, errors or {}, kept_back or {}, forms or {}
    listed = []
    for row in rows:
        done: SignOff | None = getattr(row, "decided", None)
        state = done.decision if done else "open" if still_as_shown(row) else "changed"
        uuid = row.shift.uuid
        answer, words = answers.get(uuid, ("", ""))
        listed.append(
            SignRow(
                shown=shown_row(row),
                digest=row.digest,
                state=state,
                sign_off=done,
                answer=answer,
                words=words,
                errors=(*errors.get(f"answer-{uuid}", []), *errors.get(f"words-{uuid}", [])),
                kept_back=kept_back.get(uuid, ""),
                form=forms.get(uuid),
                proposed=proposed_on_clock(done, zone) if done else None,
            )
        )
    return SignPage(tuple(listed), errors)


@dataclass(frozen=True, slots=True)
class ListedShift:
    """One line of the learner's list; `explained` is what the ledger would make of it, for a draft."""

    row: BoardShift
    shown: ShownShift
    explained: Explained | None = None

    @property
    def shift(self) -> Shift:
        """The shift."""
        return self.row.shift

    @property
    def decision(self) -> SignOff | None:
        """The last word about it."""
        return self.row.decision


def listed(rows: Iterable[BoardShift], explained: Mapping[int, Explained] | None = None) -> list[ListedShift]:
    """Lines for the learner's list."""
    return [ListedShift(row, shown_shift(row.shift), (explained or {}).get(row.shift.pk)) for row in rows]


@dataclass(frozen=True, slots=True)
class Sending:
    """Drafts that go to one supervisor in one mail."""

    lines: tuple[ListedShift, ...]

    @property
    def first(self) -> Shift:
        """Names placement and supervisor."""
        return self.lines[0].shift

    @property
    def ready(self) -> list[ListedShift]:
        """Those that would be sent: nothing lacks."""
        return [line for line in self.lines if not line.shift.lacks]

    @property
    def minutes(self) -> int:
        """Minutes in the mail."""
        return sum(line.shown.minutes for line in self.ready)


def sendings(lines: Iterable[ListedShift]) -> list[Sending]:
    """Group drafts by who will get them."""
    groups: dict[tuple[int, int], list[ListedShift]] = {}
    for line in lines:
        groups.setdefault((line.shift.placement_id, line.shift.supervisor_id), []).append(line)
    return [Sending(tuple(group)) for group in groups.values()]
