"""Where the minutes between attended, creditable and counted went, to the minute. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from certification.requirements import rules as hour_rules

OF_A_CATEGORY = frozenset({"paid", "delivery", "gate", "category_transfer_cap"})
"""Reasons that rest on what the rules say of a row's own category; told for each category apart."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Attended minutes that one reason made not creditable; `rows` are places, from 1, in the rows that were judged.

    `category` is empty where the reason is not one of a category.
    """

    reason: str
    category: str
    minutes: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AboveLimit:
    """Creditable minutes above a maximum, hence not counted: of a category, or of tags (`category` is then empty).

    Where maxima of several tags are exceeded only the tightest binds, and the numbers do not tell which: all are named.
    """

    minutes: int
    category: str
    tags: tuple[str, ...]


def refused_by(evaluation: hour_rules.Evaluation, categories: Sequence[str]) -> tuple[Refused, ...]:
    """From attended to creditable, in the order of the contract's reasons; `categories` are those of the judged rows.

    The minutes add up to what is attended and not creditable.
    """
    found: dict[tuple[str, str], list[hour_rules.NotCreditable]] = {}
    for one in evaluation.not_creditable:
        category = categories[one.row - 1] if one.reason in OF_A_CATEGORY else ""
        found.setdefault((one.reason, category), []).append(one)
    # The sort is stable: within a reason the category that was met first stands first.
    return tuple(
        Refused(reason, category, sum(one.minutes for one in ones), tuple(one.row for one in ones))
        for (reason, category), ones in sorted(found.items(), key=lambda item: hour_rules.REASONS.index(item[0][0]))
    )


def above_limits(evaluation: hour_rules.Evaluation) -> tuple[AboveLimit, ...]:
    """From creditable to counted: first categories in the order of the tree, parents first, then tags.

    The minutes add up to what is creditable and not counted.
    """
    total, tops = evaluation.total, evaluation.categories
    found = [AboveLimit(minutes, code, ()) for node in tops for code, minutes in _cut(node)]
    # What no category holds (an elective that the rules do not name) counts as it is.
    loose = total.creditable - sum(top.creditable for top in tops)
    by_tags = loose + sum(top.counted for top in tops) - total.counted
    if by_tags:
        tags = (
            one.overlay.tag
            for one in evaluation.overlays
            if one.overlay.maximum is not None and one.creditable > one.overlay.maximum
        )
        found.append(AboveLimit(by_tags, "", tuple(dict.fromkeys(tags))))
    return tuple(found)


def _cut(node: hour_rules.NodeResult) -> Iterator[tuple[str, int]]:
    """The node's own maximum, then those below it: what each keeps from counting one level up."""
    own = node.creditable - sum(child.creditable for child in node.children)
    cut = own + sum(child.counted for child in node.children) - node.counted
    if cut:
        yield node.code, cut
    for child in node.children:
        yield from _cut(child)
