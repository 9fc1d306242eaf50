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


@dataclass(frozen=True, slots=True)
class Family:
    """A rule set by its newest version, and how many older ones there are."""

    newest: RuleSet
    older: int


def families(query: str = "") -> dict[str, list[Family]]:
    """Rule sets whose title or id holds every word of `query`, by group: licenses, further (certificates, continuing
    education), samples of our own. The group follows from the pack: its status, then the prefix `us-` of its id. 1 query.
    """
    counts: dict[str, list[RuleSet]] = {}
    for rule_set in RuleSet.objects.defer("source").order_by("identifier", "version"):
        counts.setdefault(rule_set.identifier, []).append(rule_set)
    groups: dict[str, list[Family]] = {"licenses": [], "further": [], "samples": []}
    words = query.casefold().split()
    for versions in counts.values():
        newest = versions[-1]
        if all(word in f"{newest.title} {newest.identifier}".casefold() for word in words):
            kind = (
                "samples"
                if newest.status == "sample"
                else "licenses"
                if newest.identifier.startswith("us-")
                else "further"
            )
            groups[kind].append(Family(newest, len(versions) - 1))
    for found in groups.values():
        found.sort(key=lambda family: (family.newest.title, family.newest.identifier))
    return groups


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
