"""Which lines of a record somebody asked for, read from an address; what is not understood is left out."""

from dataclasses import dataclass
from datetime import date

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from certification.requirements.presenters import listed, tag

from ..selectors import EntryLine
from .hours import HoursPage, ShownNode
from .reasons import REASONS

MOST_CATEGORIES = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """The lines of these categories, made not creditable by this reason, with this tag, on these days (ends included).

    `codes` are the categories and all under them, empty for all. `reason` is a code of the contract, `of` the category
    on which the lines then sit themselves; both may be empty.
    """

    nodes: tuple[ShownNode, ...]
    codes: frozenset[str]
    reason: str
    of: str
    tag: str
    since: date | None
    until: date | None

    def lines(self, page: HoursPage) -> list[EntryLine]:
        """Those of a record, the oldest first."""
        return [line for line in page.entries if self._fits(line, page)]

    def _fits(self, line: EntryLine, page: HoursPage) -> bool:
        return (
            (not self.codes or line.category in self.codes)
            and self.on(line.date)
            and (not self.of or line.category == self.of)
            and (not self.reason or any(refusal.reason == self.reason for refusal in line.refusals))
            and (not self.tag or self.tag in page.transcript.rule_entries[line.row - 1].tags)
        )

    def on(self, day: date) -> bool:
        """Whether the day was asked for."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    @property
    def of_lines_that_stand(self) -> bool:
        """Only lines that stand can be asked for so: what was taken back is judged by no rule."""
        return bool(self.reason or self.tag)

    @property
    def category(self) -> ShownNode | None:
        """The one category that was asked for, and nothing else with it."""
        return self.nodes[0] if len(self.nodes) == 1 and len(self.words()) == 1 else None

    def words(self) -> list[str]:
        """What was asked for, each part as a heading would name it; empty for all lines."""
        found = []
        if self.since or self.until:
            found.append(_days(self.since, self.until))
        if self.reason:
            found.append(str(REASONS[self.reason].title))
        if len(self.nodes) > 1:
            found += [_("Lines of several categories"), listed([node.title for node in self.nodes])]
        elif self.nodes or self.of:
            found.append(self.nodes[0].title if self.nodes else _("Elective"))
        if self.tag:
            found.append(tag(self.tag)[:1].upper() + tag(self.tag)[1:])
        return found


def _days(since: date | None, until: date | None) -> str:
    if since and since == until:
        return date_format(since, "l j F Y")
    if since and until:
        ends = {"since": date_format(since, "j F Y"), "until": date_format(until, "j F Y")}
        return _("%(since)s to %(until)s") % ends
    if since:
        return _("From %(since)s on") % {"since": date_format(since, "j F Y")}
    return _("Until %(until)s") % {"until": date_format(until, "j F Y")} if until else ""


def day_of(text: str | None) -> date | None:
    """A day as `2026-03-02`; None for anything else."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def asked_of(query: QueryDict, page: HoursPage) -> Asked:
    """What the address asks of this record."""
    nodes = [page.node(code) for code in query.getlist("category")[:MOST_CATEGORIES]]
    known = {node.code: node for node in nodes if node}
    reason, _colon, of = query.get("reason", "").partition(":")
    if reason not in REASONS:
        reason = of = ""
    if not page.spec.allows(of):
        of = ""
    node = page.node(of)
    if node and not known:
        known = {of: node}
    tags = {overlay.tag for overlay in page.spec.overlays}
    return Asked(
        nodes=tuple(known.values()),
        codes=page.codes_in(list(known)),
        reason=reason,
        of=of,
        tag=query.get("tag", "") if query.get("tag") in tags else "",
        since=day_of(query.get("from")),
        until=day_of(query.get("to")),
    )
