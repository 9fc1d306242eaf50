"""Reads which completions Florida must be told of, and what was reported."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Organisation
from certification.certificates.models import Certificate, Kind

from .. import rosters
from ..models import Roster, RosterRow

FLORIDA = "florida"


@dataclass(frozen=True, slots=True)
class Reportable:
    """A completion that is not reported yet; `lacks` says what keeps it from a file of this profession."""

    certificate: Certificate
    line: rosters.Line
    lacks: str
    standing: str
    days_left: int
    """Until the report is late; below zero: since."""


def today_of_school(school: Organisation, now: datetime | None = None) -> date:
    """The day it is at a school."""
    return (now or timezone.now()).astimezone(ZoneInfo(school.zone)).date()


def to_report(
    school: Organisation, *, profession: str, now: datetime | None = None, sent_only: bool = False
) -> list[Reportable]:
    """The completions of Florida's courses that no file reports yet, the most pressing first. Two queries.

    What was revoked is not reported; of a certificate that was replaced, the newest is. With `sent_only` a file that
    was made and not sent reports nothing: the clock runs on until it is.
    """
    standing = RosterRow.objects.filter(roster__school=school, stands=True)
    if sent_only:
        standing = standing.filter(roster__sent_at__isnull=False)
    # Each course of a record once, though two bodies may have approved it under one number.
    taken = set(standing.values_list("record_id", "course_number"))
    found = (
        Certificate.objects.filter(school=school, kind=Kind.CE, revocation=None, superseded_by=None)
        .select_related("record__learner__user")
        .defer("evaluation")
        .order_by("issued_at", "pk")
    )
    today = today_of_school(school, now)
    listed = []
    for certificate in found:
        for one in _lines(certificate, profession, today):
            key = (certificate.record_id, one.line.course_number)
            if key not in taken:
                taken.add(key)
                listed.append(one)
    return sorted(listed, key=lambda one: (one.line.completed_on, one.certificate.pk))


def _lines(certificate: Certificate, profession: str, today: date) -> Iterable[Reportable]:
    about = certificate.facts["education"]
    held = [one["number"] for one in about["licences"] if one["state"] == rosters.STATE]
    for approval in about["approvals"]:
        if approval["regulator"] != FLORIDA:
            continue
        # Of several licenses the one that this profession's register knows.
        licence = next((one for one in held if rosters.bare_licence(one, profession)), next(iter(held), ""))
        line = rosters.Line(
            approval["provider_number"], approval["number"], licence, date.fromisoformat(about["completed_on"])
        )
        yield Reportable(
            certificate,
            line,
            rosters.lacks(line, profession),
            rosters.standing(line, today),
            (line.due_on - today).days,
        )


def rosters_of(school: Organisation) -> QuerySet[Roster]:
    """The files of a school, newest first. One query."""
    return Roster.objects.filter(school=school).select_related("made_by", "sent_by", "dropped_by").order_by("-number")


def rows_of(roster: Roster) -> QuerySet[RosterRow]:
    """The lines of a file in their order. One query."""
    rows = roster.rows.select_related("certificate", "reply_by").defer("certificate__data", "certificate__evaluation")
    return rows.order_by("line")


def usual_profession(school: Organisation) -> str:
    """The profession of the school's last file; massage where it has made none. One query."""
    last = Roster.objects.filter(school=school).order_by("-number").values_list("profession", flat=True).first()
    return last or "MA"
