"""Codes that people type: 80 random bits in 32 signs without look-alikes, and a check sign. Pure.

The lowest layer of `certification`: certificates and receipts of signatures have codes of this one kind.
"""

import unicodedata
from collections.abc import Sequence

# Crockford's 32 signs: no I, L, O (they look like 1, 1, 0) and no U (it looks like V).
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_BITS = 80
CODE_SIGNS = CODE_BITS // 5
GROUPS = (4, 4, 4, 4, 1)
CODE_LENGTH = sum(GROUPS) + len(GROUPS) - 1
_VALUE = {sign: value for value, sign in enumerate(ALPHABET)}
_READ_AS = {"O": "0", "I": "1", "L": "1", "U": "V"}
# Pairs that people mix up when they copy by hand; only used to say where to look first.
_MIXED_UP = ({"8", "B"}, {"5", "S"}, {"2", "Z"}, {"6", "G"}, {"0", "D"}, {"0", "Q"}, {"V", "Y"}, {"4", "A"}, {"1", "7"})
_LONGEST_TYPED = 400


class BadCodeError(ValueError):
    """What was typed is no code: `kind` is empty, sign, length or check; `group` (from 1) where it is known.

    `typed` is the group as typed, `sign` the sign that no code has, `better` the group as it may have been meant.
    """

    def __init__(
        self, kind: str, *, group: int | None = None, typed: str = "", sign: str = "", better: str = ""
    ) -> None:
        super().__init__(kind)
        self.kind, self.group, self.typed, self.sign, self.better = kind, group, typed, sign, better


def _times_alpha(value: int) -> int:
    """Multiply by the generator of GF(32), x^5 + x^2 + 1."""
    value <<= 1
    return value ^ 0b100101 if value & 0b100000 else value


def check_sign(signs: str) -> str:
    """The check sign of 16 signs: the sum of each sign times another power of the field's generator.

    31 powers differ, so every single wrong sign and every swap of two signs, neighbors or not, is caught.
    """
    total = 0
    for sign in signs:  # Horner: the i-th sign from the end is weighted by alpha^i, the check sign itself by alpha^0
        total = _times_alpha(total ^ _VALUE[sign])
    return ALPHABET[total]


def in_groups(signs: str) -> str:
    """17 signs as they are shown: 7K4D-Q9XW-3HTR-M2VC-F."""
    parts, start = [], 0
    for width in GROUPS:
        parts.append(signs[start : start + width])
        start += width
    return "-".join(parts)


def code_from_bits(bits: int) -> str:
    """The shown code of 80 random bits."""
    if not 0 <= bits < 1 << CODE_BITS:
        raise ValueError("a code is made of 80 bits")
    signs = "".join(ALPHABET[bits >> 5 * place & 31] for place in reversed(range(CODE_SIGNS)))
    return in_groups(signs + check_sign(signs))


def _is_filler(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) in ("Pd", "Cf", "Cc") or sign in "._/·−"


def parse_code(text: str, after: str = "/verify/") -> str:
    """The shown form of a code that somebody typed, pasted or scanned; raises BadCodeError.

    Lower case, spaces, any dashes, missing dashes and the look-alikes O, I, L, U are read as they were meant; of a
    pasted address, what follows `after` counts.
    """
    # NFKC and upper case can make a sign longer; the limit keeps a hostile paste small.
    text = unicodedata.normalize("NFKC", text[:_LONGEST_TYPED])
    _head, found, tail = text.partition(after)
    if found:
        text = tail.split("?", maxsplit=1)[0].split("#", maxsplit=1)[0]
    groups: list[str] = []
    fresh = True
    for sign in text.upper():
        if _is_filler(sign):
            fresh = True
            continue
        if fresh:
            groups.append("")
            fresh = False
        groups[-1] += _READ_AS.get(sign, sign)
    if not groups:
        raise BadCodeError("empty")
    signs = "".join(groups)
    _refuse_strange_signs(groups, signs)
    if len(signs) != CODE_SIGNS + 1:
        raise _wrong_length(groups, signs)
    if check_sign(signs[:-1]) != signs[-1]:
        raise _wrong_check(signs)
    return in_groups(signs)


def _shown_group(signs: str, place: int) -> tuple[int, str]:
    """Number and text of the group in which the sign at `place` stands when the code is shown."""
    start = 0
    for number, width in enumerate(GROUPS, start=1):
        if place < start + width:
            return number, signs[start : start + width]
        start += width
    return len(GROUPS), signs[start - GROUPS[-1] : start]


def _refuse_strange_signs(groups: Sequence[str], signs: str) -> None:
    as_shown = len(groups) == len(GROUPS)
    before = 0
    for number, group in enumerate(groups, start=1):
        for offset, sign in enumerate(group):
            if sign not in _VALUE:
                at, text = (number, group) if as_shown else _shown_group(signs, before + offset)
                raise BadCodeError("sign", group=at, typed=text[:12], sign=sign)
        before += len(group)


def _wrong_length(groups: Sequence[str], signs: str) -> BadCodeError:
    if len(groups) == len(GROUPS):
        wrong = [n for n, (group, width) in enumerate(zip(groups, GROUPS, strict=True), start=1) if len(group) != width]
        if len(wrong) == 1:
            return BadCodeError("length", group=wrong[0], typed=groups[wrong[0] - 1][:12])
    return BadCodeError("length", typed=str(len(signs)))


def _wrong_check(signs: str) -> BadCodeError:
    """One check sign cannot say where the mistake is; one mixed-up pair that would mend it is a good first look."""
    mends = []
    for place, sign in enumerate(signs):
        for pair in _MIXED_UP:
            if sign in pair:
                (other,) = pair - {sign}
                tried = signs[:place] + other + signs[place + 1 :]
                if check_sign(tried[:-1]) == tried[-1]:
                    mends.append((place, tried))
    if len(mends) == 1:
        place, tried = mends[0]
        number, typed = _shown_group(signs, place)
        return BadCodeError("check", group=number, typed=typed, better=_shown_group(tried, place)[1])
    return BadCodeError("check", typed=signs[-1])
