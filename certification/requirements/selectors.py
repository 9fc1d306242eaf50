"""Reads of rule sets: which version, and its parsed form."""

from collections.abc import Iterable
from dataclasses import dataclass

from certification.requirements import rules
from certification.requirements.models import RuleSet
from certification.requirements.rules.nodes import IDENTIFIER, LABEL

_specs: dict[str, rules.RuleSetSpec] = {}
_MOST_SPECS = 500


def rule_set(identifier: str, version: int) -> RuleSet:
    """One version of a rule set; raises RuleSet.DoesNotExist. 1 query."""
    return RuleSet.objects.get(identifier=identifier, version=version)


def newest(identifier: str) -> RuleSet | None:
    """The highest version of a rule set, if there is any. 1 query; none for what can be no identifier."""
    if not IDENTIFIER.fullmatch(identifier):
        return None
    return RuleSet.objects.filter(identifier=identifier).order_by("-version").first()


def labelled(label: str) -> RuleSet | None:
    """A version by its `id@version`, if there is one. 1 query; none for what can be no label."""
    if not LABEL.fullmatch(label):
        return None
    identifier, _, version = label.rpartition("@")
    return RuleSet.objects.filter(identifier=identifier, version=int(version)).first()


def newest_of_all() -> list[RuleSet]:
    """The highest version of each rule set, by title. 1 query."""
    newest: dict[str, RuleSet] = {}
    for rule_set in RuleSet.objects.defer("source").order_by("identifier", "version"):
        newest[rule_set.identifier] = rule_set
    return sorted(newest.values(), key=lambda rule_set: (rule_set.title, rule_set.identifier))


def versions_of(identifiers: Iterable[str]) -> dict[str, list[RuleSet]]:
    """All versions of these rule sets, lowest first. 1 query."""
    found: dict[str, list[RuleSet]] = {}
    for rule_set in RuleSet.objects.filter(identifier__in=list(identifiers)).order_by("identifier", "version"):
        found.setdefault(rule_set.identifier, []).append(rule_set)
    return found


def kept_pack(label: str) -> tuple[str, str] | None:
    """The text of a version by its `id@version`, with that as its name; what a version extends is found here. 1 query."""
    kept = labelled(label)
    return (kept.source, kept.label) if kept else None


def spec_for(rule_set: RuleSet) -> rules.RuleSetSpec:
    """The parsed form of a version, parsed once per digest and process.

    No query; the first time one for each pack that it extends.
    """
    spec = _specs.get(rule_set.digest)
    if spec is None:
        spec = rules.load(rule_set.source, file=rule_set.label, find=kept_pack)
        if len(_specs) >= _MOST_SPECS:  # far more than there are packs; only so that nothing grows without end
            _specs.clear()
        _specs[rule_set.digest] = spec
    return spec


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in a version's text beside its rules."""

    extends: tuple[str, ...]
    """The `id@version` that it extends, what that one extends, and so on."""
    remarks: rules.Remarks
    """Its own; what it extends speaks where it says nothing itself."""
    not_judged: tuple[tuple[str, str], ...]
    """What no rule judges, with the version whose text says so."""


_written: dict[str, Written] = {}


def written_in(rule_set: RuleSet) -> Written:
    """The words of a version's author, read once per digest and process.

    No query; the first time one for each pack that it extends.
    """
    written = _written.get(rule_set.digest)
    if written is None:
        if len(_written) >= _MOST_SPECS:
            _written.clear()
        written = _written[rule_set.digest] = _read(rule_set)
    return written


def _read(rule_set: RuleSet) -> Written:
    chain = [(rule_set.source, rule_set.label)]
    while base := rules.extends(chain[-1][0], file=chain[-1][1]):
        found = kept_pack(base)
        if found is None:  # the import would have refused it
            break
        chain.append(found)
    remarks = [rules.remarks(text, file=label) for text, label in chain]
    merged = remarks[-1]
    for over in reversed(remarks[:-1]):
        merged = over.over(merged)
    not_judged = [(label, words) for (_, label), own in zip(chain, remarks, strict=True) for words in own.not_judged]
    return Written(tuple(label for _, label in chain[1:]), merged, tuple(not_judged))


def all_versions() -> list[RuleSet]:
    """Every version of every rule set, without its text, by identifier and version. 1 query."""
    return list(RuleSet.objects.defer("source").order_by("identifier", "version"))
