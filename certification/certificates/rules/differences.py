"""What a certificate says and what a new one in its place would say, side by side."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_OF_HOURS = ("courses", "clinical", "transfers", "totals", "corrections")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two certificates of a record say differently.

    `subject`: name, title, school, hours, rules, facts. `what` names the thing within it: for hours `total`, `lines`
    or a category's code, whose values are minutes that count; all other values are text. `title` is a category's.
    """

    subject: str
    what: str
    before: Any
    after: Any
    title: str = ""


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What two frozen sets of facts of one record say differently, in the order in which a reader looks for it."""
    return [one for one in _all(before, after) if one.before != one.after]


def _all(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    yield Difference("name", "name", before["student"]["name"], after["student"]["name"])
    yield Difference("name", "latin", before["student"].get("latin", ""), after["student"].get("latin", ""))
    yield Difference("title", "title", before["credential"]["title"], after["credential"]["title"])
    for what in ("name", "address", "licence_number"):
        yield Difference("school", what, before["school"][what], after["school"][what])
    yield from _hours(before, after) if "totals" in before and "totals" in after else ()
    yield Difference("rules", "label", before["rule_set"]["label"], after["rule_set"]["label"])
    yield Difference("facts", "facts", _facts(before), _facts(after))


def _hours(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    yield Difference("hours", "total", before["totals"]["total"]["counted"], after["totals"]["total"]["counted"])
    was, is_now = (dict(_counted(facts["totals"]["categories"])) for facts in (before, after))
    titles = dict(_titles(before["totals"]["categories"])) | dict(_titles(after["totals"]["categories"]))
    for code, title in titles.items():
        yield Difference("hours", code, was.get(code, 0), is_now.get(code, 0), title)
    if all(was.get(code, 0) == is_now.get(code, 0) for code in titles):
        # The same sums from other lines: another day, place, signer, or minutes that do not count.
        same = all(before[part] == after[part] for part in _OF_HOURS)
        yield Difference("hours", "lines", "as_issued", "as_issued" if same else "corrected")


def _counted(nodes: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, int]]:
    for node in nodes:
        yield node["code"], node["counted"]
        yield from _counted(node["children"])


def _titles(nodes: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for node in nodes:
        yield node["code"], node["title"]
        yield from _titles(node["children"])


def _facts(facts: Mapping[str, Any]) -> str:
    return "; ".join(f"{fact['title']} {fact['on'][:10]}" for fact in facts.get("requirements", ()))
