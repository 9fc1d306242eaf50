"""Colors of documents: whether text in them can be read (WCAG 2.2, 1.4.3), and the nearest one that can."""

import re

LEAST = 4.5
"""The least contrast of text."""
INK = "#2b221b"
INK_SOFT = "#5d5147"
_HEX = re.compile(r"#[0-9a-f]{6}")


def is_color(text: str) -> bool:
    """Whether it is a color as it is kept: # and six small hexadecimal digits."""
    return bool(_HEX.fullmatch(text))


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _luminance(color: str) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in _channels(color))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast of two colors, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _toward(color: str, end: int, share: float) -> str:
    return "#" + "".join(f"{round(part + (end - part) * share):02x}" for part in _channels(color))


def readable(color: str, ground: str) -> str:
    """`color` where text in it can be read on `ground`, else the nearest darker one; black where none is."""
    mixes = (_toward(color, 0, step / 100) for step in range(101))
    return next((mix for mix in mixes if contrast(mix, ground) >= LEAST), "#000000")


def light_enough(ground: str) -> str:
    """`ground` where our ink, the soft one too, can be read on it, else the nearest lighter one."""
    mixes = (_toward(ground, 255, step / 100) for step in range(101))
    return next(mix for mix in mixes if contrast(INK_SOFT, mix) >= LEAST)
