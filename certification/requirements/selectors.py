"""Reads of rule sets: which version, and its parsed form."""

from collections.abc import Iterable

from certification.requirements import rules
from certification.requirements.models import RuleSet

_specs: dict[str, rules.RuleSetSpec] = {}
_MOST_SPECS = 500


def rule_set(identifier: str, version: int) -> RuleSet:
    """One version of a rule set; raises RuleSet.DoesNotExist. 1 query."""
    return RuleSet.objects.get(identifier=identifier, version=version)


def newest(identifier: str) -> RuleSet | None:
    """The highest version of a rule set, if there is any. 1 query."""
    return RuleSet.objects.filter(identifier=identifier).order_by("-version").first()


def labelled(label: str) -> RuleSet | None:
    """A version by its `id@version`, if there is one. 1 query."""
    identifier, _, version = label.rpartition("@")
    if not version.isascii() or not version.isdigit() or len(version) > 7:
        return None
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
