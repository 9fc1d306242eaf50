"""Why attended minutes are not creditable and creditable ones not counted, each with its rule and its lines."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from certification.requirements import rules as hour_rules
from certification.requirements.presenters import amount, listed, on, said_at, tag, taught

from .. import rules
from .hours import HoursPage
from .reasons import REASONS


@dataclass(frozen=True, slots=True)
class Why:
    """Minutes that one rule keeps back: what it is, what the rules say, and where both can be looked up.

    `said` is the rule's text in sentences, `rule_url` its place on the rule set's page (empty where it is a rule of
    every record). `rows_url` shows the lines; `count` of them lie between the two days (0: the whole category).
    """

    title: str
    minutes: int
    sentence: str
    said: tuple[str, ...]
    rule_url: str
    rows_url: str
    count: int = 0
    first: date | None = None
    last: date | None = None


def why_not_creditable(page: HoursPage) -> list[Why]:
    """From attended to creditable; the minutes add up to the difference."""
    lines = page.entries
    found = []
    for one in rules.refused_by(page.transcript.evaluation, [line.category for line in lines]):
        reason = REASONS[one.reason]
        asked = f"{one.reason}:{one.category}" if one.category else one.reason
        title = str(reason.title)
        if one.category:
            title = _("%(title)s: %(category)s") % {"title": title, "category": _category(page.spec, one.category)}
        touched = [lines[row - 1] for row in one.rows]
        said, anchor = _rule(page, one)
        found.append(
            Why(
                title=title,
                minutes=one.minutes,
                sentence=str(reason.sentence),
                said=said,
                rule_url=_rules_url(page, anchor) if anchor else "",
                rows_url=_rows_url(page, reason=asked),
                count=len(touched),
                first=min(line.date for line in touched),
                last=max(line.date for line in touched),
            )
        )
    return found


def why_not_counted(page: HoursPage) -> list[Why]:
    """From creditable to counted; the minutes add up to the difference."""
    spec = page.spec
    found = []
    for one in rules.above_limits(page.transcript.evaluation):
        if one.category:
            node = spec.by_code[one.category]
            limit = amount(node.maximum or 0, spec)
            found.append(
                Why(
                    title=_("Above the limit of %(category)s") % {"category": node.title},
                    minutes=one.minutes,
                    sentence=_("Lines above it stay on the record, attended and creditable, and add nothing more."),
                    said=(_("%(category)s counts up to %(limit)s.") % {"category": node.title, "limit": limit},),
                    rule_url=_rules_url(page, f"category-{node.code}"),
                    rows_url=_rows_url(page, category=node.code),
                )
            )
            continue
        names = listed([tag(code) for code in one.tags], last=_("or"))
        found.append(
            Why(
                title=_("Above the limit of %(category)s") % {"category": names},
                minutes=one.minutes,
                sentence=_("In their subjects these hours count in full; the total takes no more of them."),
                said=tuple(text for code in one.tags for text in said_at(spec, f"overlay-{code}")),
                rule_url=_rules_url(page, f"overlay-{one.tags[0]}"),
                rows_url=_rows_url(page, tag=one.tags[0]) if len(one.tags) == 1 else "",
            )
        )
    return found


def _rule(page: HoursPage, one: rules.Refused) -> tuple[tuple[str, ...], str]:
    """What the rules say about this reason here, in sentences, and where on their page; both may be empty."""
    spec, context, anchor = page.spec, page.transcript.context, REASONS[one.reason].anchor
    if one.reason == "before_enrolment" and context.enrolled_on:
        return (_("Hours count from the day of enrollment on, %(day)s.") % {"day": on(context.enrolled_on)},), ""
    if one.reason == "gate":
        tags = {code for row in one.rows for code in page.transcript.rule_entries[row - 1].tags}
        keys = {node.code for node in _and_above(spec, one.category)} | {one.category} | (tags - set(spec.by_code))
        anchors = list(dict.fromkeys(f"gate-{gate.before}" for gate in spec.gates if gate.before in keys))
        return tuple(text for anchor in anchors for text in said_at(spec, anchor)), anchors[0]
    if one.reason == "category_transfer_cap":
        capped = [node for node in _and_above(spec, one.category) if node.transfer_maximum is not None]
        words = _("At most %(limit)s of %(category)s may be transferred.")
        return tuple(
            words % {"limit": amount(node.transfer_maximum or 0, spec), "category": node.title} for node in capped
        ), f"category-{capped[0].code}"
    if one.reason in ("paid", "delivery"):
        node = spec.by_code[one.category]
        words = _("%(category)s must be unpaid.") if one.reason == "paid" else _("%(category)s is taught %(ways)s.")
        return (words % {"category": node.title, "ways": taught(node)},), f"category-{node.code}"
    return (said_at(spec, anchor) if anchor else ()), anchor


def _and_above(spec: hour_rules.RuleSetSpec, code: str) -> list[hour_rules.Category]:
    """The category and those that it lies in, the outermost first; none for an elective that the rules do not name."""
    return [node for node in spec.by_code.values() if code in spec.codes_under(node.code)]


def _category(spec: hour_rules.RuleSetSpec, code: str) -> str:
    return spec.title_of(code) if code in spec.by_code else _("Elective")


def _rules_url(page: HoursPage, anchor: str) -> str:
    return f"{reverse('requirements:rule_set', args=[page.spec.label])}#{anchor}"


def _rows_url(page: HoursPage, **asked: str) -> str:
    return f"{reverse('records:rows', args=[page.transcript.record.uuid])}?{urlencode(asked)}"
