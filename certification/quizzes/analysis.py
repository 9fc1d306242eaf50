"""What the answers tell of a quiz and its questions: statistics, flags and patterns to look at. Pure and exact.

Shares, variances and alphas are fractions. A correlation is a root, so its sign and its square are kept, both exact.
The formulas stand in the docstrings, and in docs/decisions/0031.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from statistics import median_low

LEAST_SHEETS = 5
"""Of fewer attempts nothing is said: it would be said of persons."""
HARD, EASY = Fraction(30, 100), Fraction(95, 100)
WEAK = Fraction(1, 10)
SECONDS_AN_ITEM = 5
"""An attempt handed in within fewer seconds than this for each of its answers was not read."""
SAME_WRONG = 4
SAME_SHARE = Fraction(3, 4)
"""Two attempts are looked at where they gave as many identical wrong answers, and as large a share of those questions
that both had wrong."""
BINS = 10


@dataclass(frozen=True, slots=True)
class Given:
    """One answer: to which question (`item`), what it earned of how many points, and what was given.

    `given` are the pieces of the stored answer, empty where there is none. `seconds` is the estimate of `times`.
    """

    item: int
    points: int
    earned: Fraction
    given: tuple[str, ...] = ()
    seconds: int | None = None

    @property
    def share(self) -> Fraction:
        """What it earned as a share of its points."""
        return self.earned / self.points


@dataclass(frozen=True, slots=True)
class Sheet:
    """One marked attempt of one person. `seconds` lie between its beginning and its handing in."""

    attempt: int
    person: int
    score: Fraction
    passed: bool
    seconds: int
    answers: tuple[Given, ...]

    @property
    def earned(self) -> Fraction:
        """All its points."""
        return sum((answer.earned for answer in self.answers), Fraction(0))

    @property
    def points(self) -> int:
        """All points that could be earned."""
        return sum(answer.points for answer in self.answers)


# ---- numbers ----


def mean(values: Sequence[Fraction]) -> Fraction:
    """Give the arithmetic mean; one value at least."""
    return sum(values, Fraction(0)) / len(values)


def variance(values: Sequence[Fraction]) -> Fraction:
    """Give the mean of the squared distances from the mean (that of a population)."""
    middle = mean(values)
    return mean([(value - middle) ** 2 for value in values])


def signed(value: Fraction, places: int = 2) -> str:
    """Write a number with so many decimals, cut toward zero: -1/3 is "-0.33"."""
    scaled = abs(value.numerator) * 10**places // value.denominator
    whole, rest = divmod(scaled, 10**places)
    return f"{'-' if value < 0 and scaled else ''}{whole}.{rest:0{places}d}"


@dataclass(frozen=True, slots=True)
class Correlation:
    """Pearson's coefficient as its sign (-1, 0, 1) and its square."""

    sign: int
    square: Fraction

    def below(self, bound: Fraction) -> bool:
        """Whether it is smaller than a bound that is not negative."""
        return self.sign <= 0 or self.square < bound**2 if bound > 0 else self.sign < 0

    def __str__(self) -> str:
        """With two decimals, cut toward zero."""
        cut = math.isqrt(self.square.numerator * 10_000 // self.square.denominator)
        return f"{'-' if self.sign < 0 and cut else ''}{cut // 100}.{cut % 100:02d}"


def correlation(pairs: Sequence[tuple[Fraction, Fraction]]) -> Correlation | None:
    """Give Pearson's r = cov(x, y) / sqrt(var(x) var(y)); None for fewer than two pairs, or where one never varies."""
    if len(pairs) < 2:
        return None
    left, right = [x for x, _y in pairs], [y for _x, y in pairs]
    both = variance(left) * variance(right)
    if both == 0:
        return None
    x, y = mean(left), mean(right)
    together = mean([(a - x) * (b - y) for a, b in pairs])
    return Correlation((together > 0) - (together < 0), together**2 / both)


# ---- questions ----


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a question: the piece of an answer that names it, its text, and whether it is right."""

    key: str
    text: str
    right: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """How many of those asked chose an option: all, of the upper and of the lower third."""

    option: Option
    all: int
    upper: int
    lower: int


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """What the answers tell of one question, of those alone who were asked it.

    `asked` counts them, `answered` those who gave an answer. `facility` is the mean share of its points.
    `discrimination` is the correlation of that share with the share of all other points of the same attempt; for a
    question that is right or wrong this is the point-biserial coefficient against the rest score. `seconds` is the
    median of the estimated times. `flags` are words of `FLAGS`. `upper` and `lower` say how many stand in the thirds;
    0 where the scores part nobody.
    """

    item: int
    asked: int
    answered: int
    facility: Fraction
    discrimination: Correlation | None
    seconds: int | None
    chosen: tuple[Chosen, ...]
    upper: int
    lower: int
    flags: tuple[str, ...]


FLAGS = ("hard", "easy", "negative", "weak", "unchosen", "misleading")


def thirds(sheets: Sequence[Sheet]) -> tuple[frozenset[int], frozenset[int]]:
    """Give the attempts of the upper and of the lower third by score.

    With n attempts, g = n // 3: all that score at least as much as the g-th best, and all that score at most as much as
    the g-th worst, so equals stand together. Both are empty where the two bounds meet, and of fewer than three.
    """
    size = len(sheets) // 3
    if size == 0:
        return frozenset(), frozenset()
    scores = sorted(sheet.score for sheet in sheets)
    low, high = scores[size - 1], scores[-size]
    if low >= high:
        return frozenset(), frozenset()
    return (
        frozenset(sheet.attempt for sheet in sheets if sheet.score >= high),
        frozenset(sheet.attempt for sheet in sheets if sheet.score <= low),
    )


def item_statistics(item: int, sheets: Sequence[Sheet], options: Sequence[Option] = ()) -> ItemStatistics | None:
    """Give what the answers tell of one question; None where fewer than `LEAST_SHEETS` were asked it."""
    asked = [(sheet, answer) for sheet in sheets for answer in sheet.answers if answer.item == item]
    if len(asked) < LEAST_SHEETS:
        return None
    facility = mean([answer.share for _sheet, answer in asked])
    against_rest = [
        (answer.share, (sheet.earned - answer.earned) / (sheet.points - answer.points))
        for sheet, answer in asked
        if sheet.points > answer.points
    ]
    # Who was asked nothing else has no rest: then there is nothing to hold it against.
    discrimination = correlation(against_rest) if len(against_rest) == len(asked) else None
    upper, lower = thirds([sheet for sheet, _answer in asked])
    chosen = tuple(_chosen(option, asked, upper, lower) for option in options)
    times = [answer.seconds for _sheet, answer in asked if answer.seconds is not None]
    return ItemStatistics(
        item=item,
        asked=len(asked),
        answered=sum(bool(answer.given) for _sheet, answer in asked),
        facility=facility,
        discrimination=discrimination,
        seconds=median_low(times) if times else None,
        chosen=chosen,
        upper=len(upper),
        lower=len(lower),
        flags=_flags(facility, discrimination, chosen),
    )


def _chosen(
    option: Option, asked: Sequence[tuple[Sheet, Given]], upper: frozenset[int], lower: frozenset[int]
) -> Chosen:
    who = [sheet.attempt for sheet, answer in asked if option.key in answer.given]
    return Chosen(option, len(who), sum(attempt in upper for attempt in who), sum(attempt in lower for attempt in who))


def _flags(facility: Fraction, discrimination: Correlation | None, chosen: Sequence[Chosen]) -> tuple[str, ...]:
    wrong = [row for row in chosen if not row.option.right]
    right = [row for row in chosen if row.option.right]
    raised = {
        "hard": facility < HARD,
        "easy": facility > EASY,
        "negative": discrimination is not None and discrimination.below(Fraction(0)),
        "weak": discrimination is not None and not discrimination.below(Fraction(0)) and discrimination.below(WEAK),
        "unchosen": any(row.all == 0 for row in wrong),
        "misleading": any(key.upper < row.upper for key in right for row in wrong),
    }
    return tuple(flag for flag in FLAGS if raised[flag])


# ---- the quiz ----


@dataclass(frozen=True, slots=True)
class QuizStatistics:
    """What the attempts tell of a whole quiz. `histogram` counts scores in ten steps of 10 percent, the last with 100.

    `alpha` is Cronbach's: k/(k-1) · (1 - sum of the questions' variances / variance of the sums), in points. Where
    each question is right or wrong it is KR-20. None where not all were asked the same questions, or nothing varies.
    """

    sheets: int
    mean: Fraction
    passed: Fraction
    histogram: tuple[int, ...]
    alpha: Fraction | None


def quiz_statistics(sheets: Sequence[Sheet]) -> QuizStatistics | None:
    """Give what the attempts tell of a quiz; None for fewer than `LEAST_SHEETS`."""
    if len(sheets) < LEAST_SHEETS:
        return None
    bins = Counter(min(int(sheet.score * BINS), BINS - 1) for sheet in sheets)
    return QuizStatistics(
        sheets=len(sheets),
        mean=mean([sheet.score for sheet in sheets]),
        passed=Fraction(sum(sheet.passed for sheet in sheets), len(sheets)),
        histogram=tuple(bins[place] for place in range(BINS)),
        alpha=alpha(sheets),
    )


def alpha(sheets: Sequence[Sheet]) -> Fraction | None:
    """Give Cronbach's alpha of the points (see `QuizStatistics`)."""
    columns: dict[int, list[Fraction]] = {}
    for sheet in sheets:
        for answer in sheet.answers:
            columns.setdefault(answer.item, []).append(answer.earned)
    items = len(columns)
    if items < 2 or any(len(column) != len(sheets) for column in columns.values()):
        return None
    whole = variance([sheet.earned for sheet in sheets])
    if whole == 0:
        return None
    parts = sum((variance(column) for column in columns.values()), Fraction(0))
    return Fraction(items, items - 1) * (1 - parts / whole)


# ---- times ----


def times(began: float, saved: Iterable[tuple[int, float | None]]) -> dict[int, int]:
    """Estimate the whole seconds that each question took: from the save before its own (or the beginning) to its own.

    `saved` are questions with the moment of their last save, in seconds of any clock. It is an estimate: who comes back
    to an answer moves its save, and reading without writing counts for the next one.
    """
    ordered = sorted((at, item) for item, at in saved if at is not None)
    found, before = {}, began
    for at, item in ordered:
        found[item] = max(int(at - before), 0)
        before = max(at, before)
    return found


# ---- patterns to look at ----


@dataclass(frozen=True, slots=True)
class TooFast:
    """An attempt that was handed in faster than its answers can be read."""

    attempt: int
    answers: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Alike:
    """Two attempts of two people with many identical wrong answers: `same` of `wrong` that both had wrong."""

    first: int
    second: int
    same: int
    wrong: int


def too_fast(sheets: Iterable[Sheet]) -> list[TooFast]:
    """Find attempts with fewer than `SECONDS_AN_ITEM` seconds for each answer, the fastest first."""
    found = []
    for sheet in sheets:
        answers = sum(bool(answer.given) for answer in sheet.answers)
        if answers and sheet.seconds < answers * SECONDS_AN_ITEM:
            found.append(TooFast(sheet.attempt, answers, sheet.seconds))
    return sorted(found, key=lambda one: (Fraction(one.seconds, one.answers), one.attempt))


def alike(sheets: Sequence[Sheet]) -> list[Alike]:
    """Find pairs of attempts of two people with at least `SAME_WRONG` identical wrong answers that make up at least
    `SAME_SHARE` of the questions that both answered wrongly; the most alike first.

    Wrong is what earned nothing and is not empty. Common mistakes make pairs too: it is a reason to look, no proof.
    """
    places: dict[tuple[int, tuple[str, ...]], int] = {}
    items: dict[int, int] = {}
    masks = []
    for sheet in sheets:
        same = wrong = 0
        for answer in sheet.answers:
            if answer.given and answer.earned == 0:
                same |= 1 << places.setdefault((answer.item, answer.given), len(places))
                wrong |= 1 << items.setdefault(answer.item, len(items))
        masks.append((sheet, same, wrong))
    found = []
    for (first, same_a, wrong_a), (second, same_b, wrong_b) in combinations(masks, 2):
        same = (same_a & same_b).bit_count()
        if same < SAME_WRONG or first.person == second.person:
            continue
        wrong = (wrong_a & wrong_b).bit_count()
        if same >= SAME_SHARE * wrong:
            found.append(Alike(first.attempt, second.attempt, same, wrong))
    return sorted(found, key=lambda pair: (-pair.same, Fraction(-pair.same, pair.wrong), pair.first, pair.second))
