"""Folds creditable minutes up the tree and across tags: what counts, after every maximum."""

from collections.abc import Iterator, Mapping, Sequence

from certification.requirements.rules.courses import Course, courses_below_share
from certification.requirements.rules.shapes import (
    ELECTIVE,
    IN_PERSON,
    TOTAL,
    Category,
    Entry,
    NodeResult,
    Overlay,
    OverlayResult,
    RuleSetSpec,
)


def by_category(
    spec: RuleSetSpec, entries: Sequence[Entry], order: Sequence[int], minutes: Sequence[int]
) -> dict[str, int]:
    """Minutes of the rows by the category they sit on; every category is there, and `elective`."""
    sums = dict.fromkeys((*spec.by_code, ELECTIVE), 0)
    for row in order:
        sums[entries[row].category] += minutes[row]
    return sums


def fold(category: Category, attended: Mapping[str, int], creditable: Mapping[str, int]) -> NodeResult:
    """A node holds its own minutes and its children's; what its children count above its maximum is not counted."""
    children = tuple(fold(child, attended, creditable) for child in category.children)
    return NodeResult(
        code=category.code,
        title=category.title,
        required=category.required,
        maximum=category.maximum,
        attended=attended[category.code] + sum(child.attended for child in children),
        creditable=creditable[category.code] + sum(child.creditable for child in children),
        counted=_at_most(category.maximum, creditable[category.code] + sum(child.counted for child in children)),
        children=children,
    )


def total(
    spec: RuleSetSpec,
    entries: Sequence[Entry],
    order: Sequence[int],
    credited: Sequence[int],
    *,
    attended: Mapping[str, int],
    creditable: Mapping[str, int],
) -> NodeResult:
    """All categories and what is elective; an overlay's maximum lets no more tagged minutes into it.

    With U the counted total as if no tagged row existed, the total is at most U + that maximum (contract: overlays).
    """
    return NodeResult(
        code=TOTAL,
        title="The total",
        required=spec.required,
        maximum=None,
        attended=sum(attended.values()),
        creditable=sum(creditable.values()),
        counted=_bound(spec, entries, order, credited, creditable),
    )


def counted_total(spec: RuleSetSpec, entries: Sequence[Entry], credited: Sequence[int]) -> int:
    """What the total counts where so many minutes of each row are creditable: after every maximum."""
    order = range(len(entries))
    return _bound(spec, entries, order, credited, by_category(spec, entries, order, credited))


def _bound(
    spec: RuleSetSpec,
    entries: Sequence[Entry],
    order: Sequence[int],
    credited: Sequence[int],
    creditable: Mapping[str, int],
) -> int:
    counted = _counted(spec, creditable)
    for overlay in spec.overlays:
        if overlay.maximum is not None:
            untagged = dict(creditable)
            for row in tagged(spec, overlay, entries, order):
                untagged[entries[row].category] -= credited[row]
            counted = min(counted, _counted(spec, untagged) + overlay.maximum)
    return counted


def _counted(spec: RuleSetSpec, creditable: Mapping[str, int]) -> int:
    def counts(category: Category) -> int:
        return _at_most(category.maximum, creditable[category.code] + sum(map(counts, category.children)))

    # An elective that the pack does not name is nobody's child.
    loose = 0 if ELECTIVE in spec.by_code else creditable[ELECTIVE]
    return sum(map(counts, spec.categories)) + loose


def _at_most(maximum: int | None, minutes: int) -> int:
    return minutes if maximum is None else min(minutes, maximum)


def tagged(spec: RuleSetSpec, overlay: Overlay, entries: Sequence[Entry], order: Sequence[int]) -> Iterator[int]:
    """Places of the rows that bear an overlay's tag, within its category where it has one."""
    inside = None if overlay.within is None else spec.codes_under(overlay.within)
    for row in order:
        entry = entries[row]
        if overlay.tag in entry.tags and (inside is None or entry.category in inside):
            yield row


def overlays(
    spec: RuleSetSpec, entries: Sequence[Entry], order: Sequence[int], credited: Sequence[int]
) -> tuple[OverlayResult, ...]:
    """Each overlay's numbers; maxima of categories never touch them, courses below the tag's share are not counted."""
    below: dict[str, frozenset[Course]] = {
        tag: courses_below_share(entries, order, credited, tag=tag, share=share) for tag, share in spec.course_share
    }
    results = []
    for overlay in spec.overlays:
        left_out = below.get(overlay.tag, frozenset())
        attended = creditable = counted = 0
        for row in tagged(spec, overlay, entries, order):
            attended += entries[row].minutes
            creditable += credited[row]
            if (entries[row].course or row) not in left_out:
                counted += credited[row]
        results.append(OverlayResult(overlay, attended, creditable, _at_most(overlay.maximum, counted)))
    return tuple(results)


def in_person(
    spec: RuleSetSpec, entries: Sequence[Entry], order: Sequence[int], credited: Sequence[int]
) -> list[tuple[Category, int]]:
    """Each category that asks for in-person minutes, with those that are creditable, its children's included."""
    asking = [node for node in spec.by_code.values() if node.required_in_person]
    if not asking:
        return []
    taught = by_category(spec, entries, [row for row in order if entries[row].delivery == IN_PERSON], credited)
    return [(node, sum(taught[code] for code in spec.codes_under(node.code))) for node in asking]
