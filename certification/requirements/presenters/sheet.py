"""What the pages of rule sets show, worked out from a RuleSetSpec and its author's remarks."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from certification.requirements import rules
from certification.requirements.models import RuleSet

from . import sentences
from .words import Amount, during, status_sentence, status_word

TOP = ("status", "unit_minutes", "total_hours", "applies_by", "valid_from", "valid_to", "sources", "title")
"""Keys whose remarks stand at the head of the page."""

MOST_DEEP = 3
"""Steps by which the table draws a category further in."""

LONG = 60
"""Characters from which a cell is not repeated for the children."""

DOUBT = re.compile(r"\bnot (confirmed|read)\b", re.IGNORECASE)
"""How packs write that a number is not certain."""

Marks = Mapping[rules.Place, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Remark:
    """What the author wrote beside something."""

    text: str

    @property
    def doubt(self) -> bool:
        """Whether it says that something is not certain."""
        return bool(DOUBT.search(self.text))


@dataclass(frozen=True, slots=True)
class Row:
    """One category of the tree."""

    anchor: str
    code: str
    title: str
    depth: int
    at_least: Amount | None
    at_most: Amount | None
    taught: str
    in_person: Amount | None
    transferred: Amount | None
    unpaid: bool
    remarks: tuple[Remark, ...]

    @property
    def deep(self) -> int:
        """How far in it is drawn."""
        return min(self.depth, MOST_DEEP)


@dataclass(frozen=True, slots=True)
class ShownRule:
    """One rule beside the tree."""

    anchor: str
    name: str
    sentences: tuple[sentences.Sentence, ...]
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that the page of one version shows."""

    spec: rules.RuleSetSpec
    status: str
    status_sentence: str
    unit: str
    total: Amount
    asked: Amount
    """The minima of the categories together."""
    free: Amount | None
    """What the total asks beyond them, of whatever category."""
    axis: str
    window: str
    rows: tuple[Row, ...]
    rules: tuple[ShownRule, ...]
    absent: tuple[str, ...]
    marks: Mapping[str, tuple[Remark, ...]]
    """Remarks at the head of the page, and of the tree, by key."""
    further: tuple[Remark, ...]
    """Remarks that stand by nothing that the page shows."""

    @property
    def has_in_person(self) -> bool:
        """Whether any category asks for hours in person."""
        return any(row.in_person for row in self.rows)

    @property
    def has_transferred(self) -> bool:
        """Whether any category limits transferred hours."""
        return any(row.transferred for row in self.rows)

    @property
    def has_unpaid(self) -> bool:
        """Whether any category must be unpaid."""
        return any(row.unpaid for row in self.rows)

    @property
    def more_columns(self) -> int:
        """Columns of the table after the first two."""
        return 2 + self.has_in_person + self.has_transferred + self.has_unpaid


def sheet(spec: rules.RuleSetSpec, remarks: rules.Remarks) -> Sheet:
    """Work out the page of one version."""
    marks = remarks.by_place
    rows = tuple(row for top in spec.categories for row in _rows(top, None, 0, spec, marks))
    found = sentences.rules_of(spec)
    asked = sum(top.required for top in spec.categories)
    heads = {key: _remarks(marks[key, ""]) for key in (*TOP, "categories") if (key, "") in marks}
    shown = {(key, "") for key in heads} | {("category", row.code) for row in rows} | {rule.place for rule in found}
    return Sheet(
        spec=spec,
        status=status_word(spec.status),
        status_sentence=status_sentence(spec.status),
        unit=sentences.unit(spec),
        total=Amount(spec.required, spec.unit_minutes),
        asked=Amount(asked, spec.unit_minutes),
        free=Amount(spec.required - asked, spec.unit_minutes) if spec.required > asked else None,
        axis=sentences.axis(spec),
        window=sentences.window(spec),
        rows=rows,
        rules=tuple(
            ShownRule(rule.anchor, rule.name, rule.sentences, _remarks(marks.get(rule.place, ()))) for rule in found
        ),
        absent=sentences.absent(spec),
        marks=heads,
        further=_remarks(words for place, group in marks.items() if place not in shown for words in group),
    )


def _remarks(words: Iterable[str]) -> tuple[Remark, ...]:
    return tuple(map(Remark, words))


def _rows(
    node: rules.Category, parent: rules.Category | None, depth: int, spec: rules.RuleSetSpec, marks: Marks
) -> Iterator[Row]:
    def of(minutes: int | None) -> Amount | None:
        return None if minutes is None else Amount(minutes, spec.unit_minutes)

    yield Row(
        anchor=f"category-{node.code}",
        code=node.code,
        title=node.title,
        depth=depth,
        at_least=of(node.required or None),
        at_most=of(node.maximum),
        taught=_taught(node, parent),
        in_person=of(node.required_in_person or None),
        transferred=of(node.transfer_maximum),
        unpaid=node.unpaid,
        remarks=_remarks(marks.get(("category", node.code), ())),
    )
    for child in node.children:
        yield from _rows(child, node, depth + 1, spec, marks)


def _taught(node: rules.Category, parent: rules.Category | None) -> str:
    """How it may be taught; what needs many words and was said of the parent already is not said again."""
    words = sentences.taught(node)
    if parent and len(words) > LONG and words == sentences.taught(parent):
        return _("as for %(title)s") % {"title": parent.title}
    return words


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another version of the same rule set."""

    rule_set: RuleSet
    newer: bool

    @property
    def status(self) -> str:
        """How far it was checked."""
        return status_word(self.rule_set.status)

    @property
    def window(self) -> str:
        """On which dates it judges, where it sets any."""
        period = (self.rule_set.valid_from, self.rule_set.valid_to)
        return during(period) if any(period) else ""


def siblings(rule_set: RuleSet, versions: Iterable[RuleSet]) -> tuple[Sibling, ...]:
    """The other versions of a rule set, newest first."""
    others = (other for other in versions if other.version != rule_set.version)
    newest_first = sorted(others, key=lambda other: other.version, reverse=True)
    return tuple(Sibling(other, other.version > rule_set.version) for other in newest_first)


@dataclass(frozen=True, slots=True)
class Listed:
    """A rule set as the list shows it: its newest version, and how many came before."""

    newest: RuleSet
    older: int

    @property
    def status(self) -> str:
        """How far it was checked."""
        return status_word(self.newest.status)

    @property
    def status_sentence(self) -> str:
        """What that means."""
        return status_sentence(self.newest.status)


@dataclass(frozen=True, slots=True)
class Shelf:
    """One group of the list."""

    anchor: str
    title: str
    how: str
    """Why a rule set stands here."""
    lines: tuple[Listed, ...]


def shelves(versions: Iterable[RuleSet], *, words: Sequence[str] = ()) -> tuple[Shelf, ...]:
    """The list: `versions` lowest first, those with all of `words` in identifier or title; empty groups left out."""
    by_identifier: dict[str, list[RuleSet]] = {}
    for rule_set in versions:
        by_identifier.setdefault(rule_set.identifier, []).append(rule_set)
    lines = [Listed(group[-1], len(group) - 1) for group in by_identifier.values()]
    lines.sort(key=lambda line: (line.newest.title.casefold(), line.newest.identifier))
    wanted = [word.casefold() for word in words]
    found = [line for line in lines if all(word in _searched(line.newest) for word in wanted)]
    groups = (
        ("licenses", _("Licenses"), _("Rules of a state: their name begins with us-.")),
        (
            "certificates",
            _("Certificates and continuing education"),
            _("Rules of other bodies, and whatever begins with ce-: courses after the license."),
        ),
        ("samples", _("Samples of ours"), _("Their own text calls them samples.")),
    )
    shelves = (
        Shelf(anchor, title, how, tuple(line for line in found if _shelf_of(line.newest) == anchor))
        for anchor, title, how in groups
    )
    return tuple(shelf for shelf in shelves if shelf.lines)


def _searched(rule_set: RuleSet) -> str:
    return f"{rule_set.label} {rule_set.title}".casefold()


def _shelf_of(rule_set: RuleSet) -> str:
    if rule_set.status == "sample":
        return "samples"
    return "licenses" if rule_set.identifier.startswith("us-") else "certificates"
