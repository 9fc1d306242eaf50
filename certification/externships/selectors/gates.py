"""Reads what must have happened before a learner's first client."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.templatetags.palmar import hm_text
from certification.records.models import Milestone, RecordRequirement, TrainingRecord
from certification.records.selectors import folded
from certification.requirements.rules import Gate, RuleSetSpec
from certification.requirements.selectors import spec_for

from .. import rules
from ..models import Placement
from .competencies import required_before_clients


@dataclass(frozen=True, slots=True)
class GateLine:
    """One thing that must be there before the first client, in words, and whether it is; `code` is that of the rules'
    key or of a Milestone.
    """

    code: str
    words: str
    is_met: bool


def client_gates(
    record: TrainingRecord, day: date, before_clients: Iterable[Mapping[str, str]] = ()
) -> tuple[GateLine, ...]:
    """What the record's rules ask for before externship or a session with a client, then each Milestone that is named.

    Judged for a local day of the record: minutes that were creditable on the days before it, Milestones of that day or
    earlier. No query where nothing is asked for (one, the first time in a process, for the rules' text); one for
    Milestones; at most four with gates in the rules.
    """
    spec = spec_for(record.rule_set)
    gates = [gate for gate in spec.gates if _speaks_of_clients(spec, gate)]
    lines = _of_the_rules(record, spec, gates, day) if gates else []
    named = list(before_clients)
    if named:
        reached = _reached(record, [one["code"] for one in named], day)
        lines += [GateLine(one["code"], one["title"], one["code"] in reached) for one in named]
    return tuple(lines)


def gates_of(placement: Placement, at: datetime) -> tuple[GateLine, ...]:
    """The gates of a placement at an instant, on the day that it falls on where the record is kept, which need not be
    that at the site. Queries of `client_gates`.
    """
    day = at.astimezone(ZoneInfo(placement.record.zone)).date()
    return client_gates(placement.record, day, placement.before_clients)


def gates_to_show(placement: Placement, now: datetime) -> tuple[GateLine, ...]:
    """The gates of a placement now, or as its first day begins at the site where that is to come. Queries as before."""
    begins = datetime.combine(placement.starts_on, time.min, ZoneInfo(placement.site.zone))
    return gates_of(placement, max(now, begins))


def default_before_clients(school: Organisation) -> list[dict[str, str]]:
    """The Milestones {code, title} that a school asks for before the first client, where nobody says otherwise.

    One query.
    """
    return [{"code": code, "title": title} for code, title in required_before_clients(school)]


def milestones_to_ask(record: TrainingRecord) -> list[dict[str, str]]:
    """What can be asked for before the first client: the school's own, then the facts that the record must show anyway.

    Two queries.
    """
    asked = RecordRequirement.objects.filter(record=record).order_by("pk").values_list("code", "title")
    own = [(one["code"], one["title"]) for one in default_before_clients(record.school)]
    return [{"code": code, "title": title} for code, title in dict((*own, *asked)).items()]


def _speaks_of_clients(spec: RuleSetSpec, gate: Gate) -> bool:
    """Whether minutes of a session with a client, or all of externship, wait for this gate."""
    worth = [one for one in rules.KINDS.values() if one is not None]
    if spec.allows(gate.before):
        return not {one.category for one in worth}.isdisjoint(spec.codes_under(gate.before))
    return any(gate.before in one.tags for one in worth)


def _of_the_rules(record: TrainingRecord, spec: RuleSetSpec, gates: Iterable[Gate], day: date) -> list[GateLine]:
    (case,) = folded([record])
    short = {
        (unmet.code, unmet.requires): unmet.short or 0
        for unmet in case.judged_by(case.record.rule_set, day - timedelta(days=1)).unmet
        if unmet.kind == "gate"
    }
    # Two gates may ask for the same subject: the greater number holds.
    asked: dict[str, tuple[int, int]] = {}
    for gate in gates:
        for key, minutes in gate.requires:
            asked[key] = max(asked.get(key, (0, 0)), (minutes, short.get((gate.before, key), 0)))
    return [
        GateLine(
            key,
            _("%(title)s: %(done)s of %(required)s")
            % {
                "title": _("Hours in all") if key == "total" else spec.title_of(key),
                "done": hm_text(minutes - left, spec.unit_minutes),
                "required": hm_text(minutes, spec.unit_minutes),
            },
            not left,
        )
        for key, (minutes, left) in asked.items()
    ]


def _reached(record: TrainingRecord, codes: list[str], day: date) -> set[str]:
    zone = ZoneInfo(record.zone)
    rows = Milestone.objects.filter(record=record, code__in=codes).values_list("code", "occurred_at")
    return {code for code, moment in rows if moment.astimezone(zone).date() <= day}
