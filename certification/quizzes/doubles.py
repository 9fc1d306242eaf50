"""Which texts are nearly the same, found without comparing each with each. Pure."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

N = TypeVar("N", bound=Hashable)
NEAR = Fraction(4, 5)


@dataclass(frozen=True, slots=True)
class Double(Generic[N]):
    """Two names whose texts share so much of their words: 1 where all of them are the same."""

    one: N
    other: N
    share: Fraction


def overlap(one: frozenset[str], other: frozenset[str]) -> Fraction:
    """Words that both have over words that either has."""
    either = len(one | other)
    return Fraction(len(one & other), either) if either else Fraction(0)


def near(texts: Mapping[N, Iterable[str]], least: Fraction = NEAR, most: int = 1_000) -> list[Double[N]]:
    """The pairs of names whose words overlap at least so far, the nearest first; no more than `most` are looked for.

    Two sets can overlap that far only if they share one of the rarest few words of each (prefix filtering), and are
    about as large: only such pairs are compared.
    """
    sets = {name: frozenset(words) for name, words in texts.items()}
    often = Counter(word for words in sets.values() for word in words)
    holders: dict[str, list[N]] = {}
    found: list[Double[N]] = []
    for name in sorted(sets, key=lambda name: len(sets[name])):
        words = sets[name]
        rarest = sorted(words, key=lambda word: (often[word], word))[: _prefix(len(words), least)]
        for other in _met(rarest, holders):
            both = len(words & sets[other])
            either = len(words) + len(sets[other]) - both
            # In whole numbers: this line is run most.
            if both * least.denominator >= least.numerator * either:
                found.append(Double(other, name, Fraction(both, either)))
        if len(found) >= most:
            break
        for word in rarest:
            holders.setdefault(word, []).append(name)
    return sorted(found, key=lambda double: -double.share)[:most]


def _prefix(size: int, least: Fraction) -> int:
    """How many of its rarest words a set of this size needs to have one in common with any that is near."""
    needed = -(-least.numerator * size // least.denominator)
    return size - needed + 1 if size else 0


def _met(words: Iterable[str], holders: Mapping[str, list[N]]) -> Iterator[N]:
    return iter(dict.fromkeys(name for word in words for name in holders.get(word, ())))
