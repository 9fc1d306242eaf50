"""Spans of time: half-open pairs of whole milliseconds since 1970 by the server's clock, in order, apart."""

from collections.abc import Iterable, Sequence

MINUTE = 60_000

Span = tuple[int, int]


def length(spans: Iterable[Span]) -> int:
    """How long spans are together."""
    return sum(end - start for start, end in spans)


def head(spans: Sequence[Span], most: int) -> tuple[Span, ...]:
    """The first `most` milliseconds of spans that are in order."""
    kept: list[Span] = []
    for start, end in spans:
        if most <= 0:
            break
        kept.append((start, min(end, start + most)))
        most -= end - start
    return tuple(kept)


def tail(spans: Sequence[Span], without: int) -> tuple[Span, ...]:
    """What is left of spans in order when their first `without` milliseconds are gone."""
    kept: list[Span] = []
    for start, end in spans:
        if end - start > without:
            kept.append((start + without, end))
        without = max(without - (end - start), 0)
    return tuple(kept)


def within(spans: Iterable[Span], start: int, end: int) -> int:
    """How much of spans lies between two instants."""
    return sum(max(min(stop, end) - max(begin, start), 0) for begin, stop in spans)


def shared(one: Sequence[Span], other: Sequence[Span]) -> int:
    """Milliseconds that both hold; the spans of each do not overlap one another."""
    return sum(max(0, min(end, until) - max(start, since)) for start, end in one for since, until in other)


def write_spans(spans: Iterable[Span]) -> str:
    """Spans as a row keeps them: `from-to;`."""
    return "".join(f"{start}-{end};" for start, end in spans)


def read_spans(text: str) -> tuple[Span, ...]:
    """What `write_spans` wrote."""
    pairs = (piece.split("-") for piece in filter(None, text.split(";")))
    return tuple((int(start), int(end)) for start, end in pairs)


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same time in order, without overlaps and without empty spans."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def without(spans: Iterable[Span], taken: Iterable[Span]) -> tuple[Span, ...]:
    """What of spans lies outside `taken`."""
    left: list[Span] = []
    holes = union(taken)
    for start, end in union(spans):
        here = start
        for begin, stop in holes:
            if stop <= here or begin >= end:
                continue
            if begin > here:
                left.append((here, begin))
            here = max(here, stop)
        if here < end:
            left.append((here, end))
    return tuple(left)
