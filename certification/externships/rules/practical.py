"""The score of a practical examination from two examiners' sheets, exact. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

BEST = 3
"""The best mark of an item; 0 is the least."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of an examination; `safety` ones are passed or not, the others marked 0 to BEST."""

    code: str
    safety: bool


Marks = Mapping[str, int]
"""Code to mark; of a safety item 1 passed, 0 failed."""


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What two examiners' marks of an item come to: the mean mark, or of a safety item whether both passed it."""

    code: str
    mean: Fraction | None
    passed: bool | None


@dataclass(frozen=True, slots=True)
class Result:
    """What an examination came to. `percent` is exact; None where no item is marked, and then safety alone decides."""

    items: tuple[ItemResult, ...]
    percent: Fraction | None
    safe: bool
    passed: bool

    @property
    def hundredths(self) -> int | None:
        """The percent times 100, cut down to whole hundredths: nobody is lifted over a limit by rounding."""
        return None if self.percent is None else int(self.percent * 100)


def missing(items: tuple[Item, ...], marks: Marks) -> list[str]:
    """The codes of items that a sheet does not mark as it must."""
    return [
        item.code
        for item in items
        if type(marks.get(item.code)) is not int or not 0 <= marks[item.code] <= (1 if item.safety else BEST)
    ]


def result_of(items: tuple[Item, ...], one: Marks, other: Marks, pass_percent: int) -> Result:
    """Average two whole sheets; passed from `pass_percent` on if both passed every safety item.

    Raises ValueError where a sheet leaves an item out.
    """
    if not items or missing(items, one) or missing(items, other):
        raise ValueError("both sheets mark every item")
    results = []
    for item in items:
        first, second = one[item.code], other[item.code]
        if item.safety:
            results.append(ItemResult(item.code, None, bool(first and second)))
        else:
            results.append(ItemResult(item.code, Fraction(first + second, 2), None))
    means = [result.mean for result in results if result.mean is not None]
    percent = sum(means, Fraction()) * 100 / (BEST * len(means)) if means else None
    safe = all(result.passed is not False for result in results)
    return Result(tuple(results), percent, safe, safe and (percent is None or percent >= pass_percent))
