"""Which questions an attempt draws: so many of each pool, cases whole, none twice. Pure.

The choice depends on the seed and on names alone, so it is the same on any machine and at any time. Every question
that some lawful choice holds comes up for some seed.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

from .rules import order


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that may be drawn. `case` names the case with which it comes; empty: it stands alone."""

    name: str
    case: str = ""


@dataclass(frozen=True, slots=True)
class Pool:
    """What one draw may take, in its authors' order, and how many questions it takes."""

    candidates: tuple[Candidate, ...]
    count: int


class CannotDrawError(ValueError):
    """No choice gives every draw its count."""


def units_of(pool: Pool) -> dict[str, tuple[str, ...]]:
    """What is taken or left as a whole: a question that stands alone, or all of a case's questions in the pool."""
    found: dict[str, tuple[str, ...]] = {}
    for one in pool.candidates:
        key = f"case/{one.case}" if one.case else f"question/{one.name}"
        found[key] = (*found.get(key, ()), one.name)
    return found


def reachable(pool: Pool) -> frozenset[int]:
    """How many questions can be drawn of this pool alone, cases whole."""
    sums = {0}
    for unit in units_of(pool).values():
        sums |= {before + len(unit) for before in sums}
    return frozenset(sums)


def drawable(pools: Sequence[Pool]) -> bool:
    """Say whether every draw can have its count, none taking what another takes."""
    units = [units_of(pool) for pool in pools]
    return all(_feasible(group, units, [pool.count for pool in pools], set()) for group in _groups(units))


def drawn(seed: str, pools: Sequence[Pool]) -> list[tuple[str, ...]]:
    """Draw each pool's questions and give them in its authors' order. Raises CannotDrawError.

    In an order that the seed gives, a unit is taken if the rest can still be drawn after it.
    """
    units = [units_of(pool) for pool in pools]
    left = [pool.count for pool in pools]
    taken: list[set[str]] = [set() for _pool in pools]
    for group in _groups(units):
        gone: set[str] = set()
        if not _feasible(group, units, left, gone):
            raise CannotDrawError
        # Alone and without cases, what comes first by the seed can always be taken.
        simple = len(group) == 1 and all(len(unit) == 1 for unit in units[group[0]].values())
        for draw in group:
            for key in order(f"{seed}/draw/{draw}", units[draw]):
                unit = units[draw][key]
                if len(unit) > left[draw] or gone & set(unit):
                    continue
                after = [*left]
                after[draw] -= len(unit)
                if simple or _feasible(group, units, after, gone | set(unit)):
                    left = after
                    gone |= set(unit)
                    taken[draw] |= set(unit)
    return [
        tuple(one.name for one in pool.candidates if one.name in names)
        for pool, names in zip(pools, taken, strict=True)
    ]


def _groups(units: Sequence[dict[str, tuple[str, ...]]]) -> list[list[int]]:
    """The draws, those together that may take the same question, each group in order."""
    groups: list[tuple[list[int], set[str]]] = []
    for draw, own in enumerate(units):
        names = set(chain.from_iterable(own.values()))
        touching = [group for group in groups if group[1] & names]
        groups = [group for group in groups if not group[1] & names]
        draws = sorted([draw, *chain.from_iterable(group[0] for group in touching)])
        groups.append((draws, names.union(*(group[1] for group in touching))))
    return [draws for draws, _names in groups]


def _feasible(
    group: Sequence[int], units: Sequence[dict[str, tuple[str, ...]]], left: Sequence[int], gone: set[str]
) -> bool:
    """Whether the draws of a group can have what is `left`, without what is `gone`."""
    single: dict[str, set[int]] = {}
    cases: dict[str, dict[int, frozenset[str]]] = {}
    for draw in group:
        for key, unit in units[draw].items():
            if not left[draw] or gone & set(unit):
                continue
            if key.startswith("case/"):
                cases.setdefault(key, {})[draw] = frozenset(unit)
            else:
                single.setdefault(key, set()).add(draw)
    singles = Counter(frozenset(draws) for draws in single.values())
    need = {draw: left[draw] for draw in group if left[draw]}
    draws = tuple(need)
    states = {tuple(need.values())}
    if _served(need, singles):
        return True
    for parts in cases.values():
        more = set()
        for option in _options(parts):
            for state in states:
                after = tuple(many - option.get(draw, 0) for draw, many in zip(draws, state, strict=True))
                if min(after) >= 0:
                    more.add(after)
        more -= states
        if any(_served(dict(zip(draws, state, strict=True)), singles) for state in more):
            return True
        states |= more
    return False


def _options(parts: dict[int, frozenset[str]]) -> list[dict[int, int]]:
    """The ways in which draws may take their parts of one case, none taking what another takes."""
    return [
        {draw: len(parts[draw]) for draw in some}
        for size in range(1, len(parts) + 1)
        for some in combinations(parts, size)
        if sum(len(parts[draw]) for draw in some) == len(frozenset().union(*(parts[draw] for draw in some)))
    ]


def _served(need: dict[int, int], singles: Counter[frozenset[int]]) -> bool:
    """Whether questions that stand alone suffice. `singles` counts them by the draws that may take them."""
    free = dict(singles)
    held: dict[frozenset[int], Counter[int]] = {kind: Counter() for kind in free}

    def serve(draw: int, seen: set[frozenset[int]]) -> bool:
        """Find one for this draw; another may have to give up its own for it and find another."""
        for kind in free:
            if draw not in kind or kind in seen:
                continue
            seen.add(kind)
            if free[kind]:
                free[kind] -= 1
                held[kind][draw] += 1
                return True
            for other in [each for each, many in held[kind].items() if many and each != draw]:
                if serve(other, seen):
                    held[kind][other] -= 1
                    held[kind][draw] += 1
                    return True
        return False

    return all(serve(draw, set()) for draw in _each(need))


def _each(need: dict[int, int]) -> Iterable[int]:
    return chain.from_iterable([draw] * many for draw, many in need.items())
