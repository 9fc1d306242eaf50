"""Lines, corrections, anomalies and rows of an import in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.templatetags.palmar import hm_text
from certification.requirements.selectors import spec_for

from .. import rules
from ..models import Anomaly, Correction, Delivery, Evidence, HourEntry, Source, TrainingRecord
from ..selectors import EntryLine, TakenBack, part_of
from .reasons import REASONS

# Why a row of an import is refused, by the code of its verdict; `value` is what stands in the cell.
ROW_TROUBLES = {
    "beyond": gettext_lazy("“%(value)s” stands to the right of the last column."),
    "empty": gettext_lazy("The cell is empty."),
    "too_long": gettext_lazy("“%(value)s…” is too long."),
    "control": gettext_lazy("The cell holds a sign that cannot be printed."),
    "email": gettext_lazy("“%(value)s” is not an e-mail address."),
    "day": gettext_lazy("“%(value)s” is not a day such as 2026-01-31."),
    "minutes": gettext_lazy("“%(value)s” is not a whole number of minutes from 1 to 99999."),
    "source": gettext_lazy("“%(value)s” is not one of transfer, adjustment."),
    "delivery": gettext_lazy("“%(value)s” is not one of in_person, synchronous, asynchronous."),
    "sending_school": gettext_lazy("A transfer must name the school that sends it."),
    "percent": gettext_lazy("“%(value)s” is not a number from 0 to 100, such as 91.5."),
    "grade_without_course": gettext_lazy("A grade needs the course that it is for."),
    "own": gettext_lazy("These are the own hours of who brings or approves the file: somebody else must."),
    "two_names": gettext_lazy("“%(value)s”: an earlier row has this address under another name."),
    "other_name": gettext_lazy("“%(value)s”: somebody with this address is known here under another name."),
    "two_days": gettext_lazy("“%(value)s”: an earlier row has her enrolled in this program on another day."),
    "program": gettext_lazy("“%(value)s” is neither a program of this school nor a rule set like us-tx-massage@1."),
    "future": gettext_lazy("“%(value)s” lies in the future."),
    "category": gettext_lazy("The rules of this program have no category “%(value)s”."),
    "sealed": gettext_lazy("The record of “%(value)s” in this program is sealed: it ended, and takes no more hours."),
}


def row_words(verdict: Mapping[str, Any]) -> str:
    """What a row of an import would do, or why it is refused, in a sentence."""
    if verdict.get("erased"):
        return _("What stood here was erased.")
    if verdict["verdict"] == "there":
        return _("Already there, or the same as an earlier row: adds nothing.")
    if verdict["verdict"] == "refused":
        why = str(ROW_TROUBLES[verdict["code"]]) % {"value": verdict["value"][:60]}
        return _("Column %(column)s: %(why)s") % {"column": verdict["column"], "why": why} if verdict["column"] else why
    who = _("New learner") if verdict["new_learner"] else _("Known learner")
    if verdict["minutes"] is None:
        return _("%(who)s: opens her record.") % {"who": who}
    return ngettext("%(who)s: posts %(n)d minute.", "%(who)s: posts %(n)d minutes.", verdict["minutes"]) % {
        "who": who,
        "n": verdict["minutes"],
    }


@dataclass(frozen=True, slots=True)
class ShownReason:
    """Minutes and the sentence that says why they are not creditable."""

    minutes: int
    sentence: str


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line of the record in words."""

    line: EntryLine
    category_title: str
    source: str
    delivery: str
    evidence: str
    reasons: tuple[ShownReason, ...]

    @property
    def corrected_for(self) -> str:
        """Why it was corrected, in words; empty for a line that was not."""
        return reason_words(self.line.reason)

    @property
    def minutes(self) -> int:
        """Attended minutes."""
        return self.line.minutes

    @property
    def creditable(self) -> int:
        """Creditable minutes."""
        return self.line.creditable


def shown_line(line: EntryLine, titles: Mapping[str, str]) -> ShownLine:
    """One line in words; `titles` are those of the categories by code."""
    return ShownLine(
        line=line,
        category_title=titles.get(line.category, _("Elective")),
        source=str(Source(line.source).label),
        delivery=str(Delivery(line.delivery).label),
        evidence=str(Evidence(line.evidence).label),
        reasons=tuple(ShownReason(refusal.minutes, str(REASONS[refusal.reason].sentence)) for refusal in line.refusals),
    )


def reason_words(code: str) -> str:
    """A correction's reason code in words; another room's code as it is."""
    return str({**dict(Correction.Reason.choices), "amended": _("Amended, and signed anew")}.get(code, code))


@dataclass(frozen=True, slots=True)
class ShownPart:
    """The values of a line, or of what would stand in its place, in words."""

    title: str
    minutes: int
    category_title: str
    source: str
    delivery: str
    evidence: str
    evidence_kind: str
    part: rules.HourPart
    days: tuple[date, ...]
    start: datetime | None
    end: datetime | None


def shown_part(part: rules.HourPart, record: TrainingRecord) -> ShownPart:
    """One part in words; its times stand in UTC, the template shows them in the record's zone."""
    spans = sorted(part.spans)
    days = sorted({rules.local_date(day, record.zone) for day in rules.split_at_midnight(part, record.zone)})
    return ShownPart(
        title=part.title,
        minutes=part.minutes,
        category_title=category_title(record, part.category),
        source=str(Source(part.source).label),
        delivery=str(Delivery(part.delivery).label),
        evidence=str(Evidence(part.evidence).label),
        evidence_kind=part.evidence,
        part=part,
        days=tuple(days),
        start=spans[0][0] if spans else None,
        end=spans[-1][1] if spans else None,
    )


def shown_entry(entry: HourEntry, record: TrainingRecord) -> ShownPart:
    """One line in words."""
    return shown_part(part_of(entry), record)


def category_title(record: TrainingRecord, code: str) -> str:
    """The title of a category in the record's rules."""
    node = spec_for(record.rule_set).by_code.get(code)
    return node.title if node else _("Elective")


@dataclass(frozen=True, slots=True)
class ShownTakenBack:
    """A line that was taken back, in words, with why and what stands in its place."""

    taken: TakenBack
    line: ShownPart
    reason: str


def shown_taken_back(taken: TakenBack, record: TrainingRecord) -> ShownTakenBack:
    """One of them in words."""
    return ShownTakenBack(taken, shown_entry(taken.entry, record), reason_words(taken.back.reason))


_FOUND = {
    "overlap": gettext_lazy("%(time)s of one posting were refused: another kind of source already held that time."),
    "identical": gettext_lazy(
        "%(learners)d learners have %(lines)d lines to the same instant in one week, classes left aside."
    ),
    "burst": gettext_lazy("%(time)s in %(lines)d lines were written within one hour, for days more than a week past."),
    "long_day": gettext_lazy("The lines of one day hold %(time)s."),
    "back_dated": gettext_lazy("%(time)s were written up to %(days)d days after their day."),
    "round": gettext_lazy("%(round)d of %(lines)d shift lines are whole hours from a full hour."),
    "one_device": gettext_lazy(
        "Lessons of two learners were open at the same time, opened from one address with one kind of browser."
    ),
    "two_sites": gettext_lazy("One supervisor signed for shifts at two sites that overlap by %(time)s."),
    "sign_burst": gettext_lazy(
        "One supervisor signed %(count)d shifts in %(sittings)d sittings, each sooner after the last than they can be "
        "read: %(seconds)d seconds in all."
    ),
    "own_device": gettext_lazy(
        "Signed from the address and kind of browser from which the learner had written her shifts: %(count)d of them."
    ),
    "over_ratio": gettext_lazy("One supervisor signed for %(learners)d learners at the same time of one day."),
    "signer_day": gettext_lazy("What one supervisor signed as seen in person fills %(time)s of one day."),
    "at_once": gettext_lazy("All %(count)d shifts of one mail were signed %(seconds)d seconds after it was written."),
}
_OFTEN = {
    "overlap": gettext_lazy(
        "Often a lesson left open on the way to the clinic. No minute was counted twice; ask which of the two is right."
    ),
    "identical": gettext_lazy(
        "Often two learners on the same roster. Ask the site for its schedule, and the supervisor whom she saw."
    ),
    "burst": gettext_lazy(
        "Often a supervisor who signs a whole term at once, or hours typed in from paper. Ask for the sheets."
    ),
    "long_day": gettext_lazy(
        "Often a date typed wrong, or a shift left running. Ask the learner, then propose a correction."
    ),
    "back_dated": gettext_lazy(
        "Often a signature that came late. Look when the shift was sent, and whether anybody asked before."
    ),
    "round": gettext_lazy(
        "Often times written down from memory. Ask the site for its appointments of three of these days."
    ),
    "one_device": gettext_lazy(
        "Often two learners in one household, or a computer room of the school. Ask both where they studied."
    ),
    "two_sites": gettext_lazy(
        "Often a time typed wrong. Ask the supervisor at which of the two sites she was, and who stood in for her."
    ),
    "sign_burst": gettext_lazy(
        "Often somebody who opened all mails first and then sent one after the other. Call her on the number that the "
        "school found itself, and ask for one of these days."
    ),
    "own_device": gettext_lazy(
        "Often a tablet of the clinic on which both work. Ask the supervisor, by telephone, whether she signed and where."
    ),
    "over_ratio": gettext_lazy(
        "Often a day of observation with a whole class, or a time typed wrong. Ask the site who was on duty with her."
    ),
    "signer_day": gettext_lazy(
        "Often a date typed wrong, or a colleague’s shift. Ask the site for its roster of that day."
    ),
    "at_once": gettext_lazy(
        "Often both stood beside each other when it was sent. Ask the supervisor, by telephone, for one of the shifts."
    ),
}


def anomaly_found(anomaly: Anomaly) -> str:
    """What was found, in a sentence with its numbers."""
    numbers = {name: value for name, value in anomaly.evidence.items() if isinstance(value, int)}
    return _FOUND[anomaly.kind] % {**numbers, "time": hm_text(numbers.get("minutes", 0))}


def anomaly_often(anomaly: Anomaly) -> str:
    """What is often behind it, and what to do first."""
    return str(_OFTEN[anomaly.kind])
