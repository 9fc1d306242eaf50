"""Comments of a pack's text, each with what it stands by: where a number was read, what is not confirmed or not judged."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from certification.requirements.rules.nodes import read_yaml

Place = tuple[str, str]
"""A top key and "", or `category`, `overlay`, `gate` and its code; two empty words for what stands under the last key."""

UNDER: Place = ("", "")
MEMBERS = {
    "categories": ("category", "code"),
    "children": ("category", "code"),
    "overlays": ("overlay", "tag"),
    "gates": ("gate", "before"),
}
NOT_JUDGED = re.compile(r"not judged:\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Remarks:
    """What the author wrote beside the rules, in the order of the text."""

    head: tuple[str, ...] = ()
    """Above the first key."""
    by_place: Mapping[Place, tuple[str, ...]] = field(default_factory=dict)
    not_judged: tuple[str, ...] = ()
    """What the format cannot say, from lines `# not judged: …`."""
    spoken: frozenset[Place] = frozenset()
    """Places that the text has, with a remark or without."""

    def over(self, base: "Remarks") -> "Remarks":
        """These, and those of a pack that this one extends about what it leaves as it is; `head` is this one's own."""
        replaced = {MEMBERS[key][0] for key in ("overlays", "gates") if (key, "") in self.spoken}
        kept = {
            place: words
            for place, words in base.by_place.items()
            if place not in self.spoken and place[0] not in replaced
        }
        return Remarks(
            self.head, {**kept, **self.by_place}, (*self.not_judged, *base.not_judged), self.spoken | base.spoken
        )


@dataclass(slots=True)
class _Comment:
    """Words from one line or from several that follow each other; `alone`: nothing else stands on the line."""

    line: int
    alone: bool
    words: str
    last: int


def remarks(text: str, *, file: str) -> Remarks:
    """Read the comments of a pack that `load` has read. Refuses (BadFileError) what is not strict YAML."""
    root = read_yaml(text, file=file)
    begun = list(_begun(root.node, None)) if root else []
    if root is None or not begun:
        return Remarks()
    starts = _starts(begun)
    lines = sorted(starts)
    head: list[str] = []
    not_judged: list[str] = []
    by_place: dict[Place, tuple[str, ...]] = {}
    for comment in _comments(text, root.node):
        if NOT_JUDGED.match(comment.words):
            not_judged.append(NOT_JUDGED.sub("", comment.words, count=1))
        elif comment.line < lines[0]:
            head.append(comment.words)
        else:
            place = _place(comment, starts, lines)
            by_place[place] = (*by_place.get(place, ()), comment.words)
    return Remarks(tuple(head), by_place, tuple(not_judged), frozenset(place for _, place in begun))


def _place(comment: _Comment, starts: Mapping[int, Place], lines: list[int]) -> Place:
    """A comment behind something is of that; one with a line to itself is of what follows, or of the list it opens."""
    after = bisect_right(lines, comment.line)
    above = starts[lines[after - 1]]
    if not comment.alone:
        return above
    if after == len(lines):
        return UNDER
    return above if above == ("categories", "") else starts[lines[after]]


def _starts(begun: Iterable[tuple[int, Place]]) -> dict[int, Place]:
    """What begins on which line; where several members of a list share one, the list."""
    found: dict[int, list[Place]] = {}
    for line, place in begun:
        places = found.setdefault(line, [])
        if place not in places:
            places.append(place)
    return {
        line: places[0] if sum(bool(code) for _, code in places) > 1 else places[-1] for line, places in found.items()
    }


def _begun(node: yaml.Node, place: Place | None) -> Iterator[tuple[int, Place]]:
    """Each key and each member of a list, with the place that it belongs to (None: at the top)."""
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        own = place or (str(key.value), "")
        yield key.start_mark.line, own
        if isinstance(value, yaml.SequenceNode):
            kind_and_name = MEMBERS.get(str(key.value))
            for member in value.value:
                inner = (kind_and_name[0], _named(member, kind_and_name[1])) if kind_and_name else own
                yield member.start_mark.line, inner
                yield from _begun(member, inner)
        else:
            yield from _begun(value, own)


def _named(member: yaml.Node, name: str) -> str:
    pairs = member.value if isinstance(member, yaml.MappingNode) else ()
    return next((str(value.value) for key, value in pairs if key.value == name), "")


def _comments(text: str, root: yaml.Node) -> Iterator[_Comment]:
    """The comments, those on lines of their own that follow each other put together."""
    scalars = sorted(_scalars(root))
    kept: _Comment | None = None
    position = 0
    for number, line in enumerate(text.split("\n")):
        at = _comment_at(line, position, scalars)
        position += len(line) + 1
        words = line[at:].lstrip("#").strip() if at is not None else ""
        if not words:
            continue
        alone = not line[:at].strip()
        goes_on = kept is not None and kept.alone and alone and kept.last == number - 1
        if kept is not None and goes_on and not NOT_JUDGED.match(words):
            kept.words, kept.last = f"{kept.words} {words}", number
            continue
        if kept is not None:
            yield kept
        kept = _Comment(number, alone, words, number)
    if kept is not None:
        yield kept


def _scalars(node: yaml.Node) -> Iterator[tuple[int, int]]:
    """Where words of the YAML itself begin and end, in characters; no key of a pack has a `#`."""
    if isinstance(node, yaml.ScalarNode):
        yield node.start_mark.index, node.end_mark.index
    elif isinstance(node, yaml.SequenceNode):
        for member in node.value:
            yield from _scalars(member)
    elif isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _scalars(value)


def _comment_at(line: str, position: int, scalars: list[tuple[int, int]]) -> int | None:
    """Where the comment of a line begins: at the first `#` that is not part of a word."""
    for found in re.finditer("#", line):
        index = position + found.start()
        before = bisect_right(scalars, index, key=lambda span: span[0]) - 1
        if before < 0 or scalars[before][1] <= index:
            return found.start()
    return None
