"""The few marks that words of questions may hold, and how they are shown: one renderer for every page. Pure.

`**strong**`, `*emphasis*`, `^raised^`, `~lowered~`; lines that all begin with "- " or "1. " are a list; an empty line
parts paragraphs; a backslash before a mark writes the mark. Everything else stands as it is typed, so plain text looks
as it always did. No tag that was typed survives: all of it is escaped, and the tags are ours.
"""

import re
from html import escape

MARKS = {"**": "strong", "*": "em", "^": "sup", "~": "sub"}
# A mark opens before a sign and closes behind one; stars stand outside of words, so 2*3*4 is no emphasis. What is
# between is bounded, so that no text keeps a server busy.
MARKED = re.compile(
    r"\\(?P<sign>[*^~\\])"
    r"|(?<!\w)\*\*(?=\S)(?P<strong>[^\n]{1,400}?)(?<=\S)\*\*(?!\w)"
    r"|(?<![\w*])\*(?=[^\s*])(?P<em>[^\n]{1,400}?)(?<=[^\s])\*(?![\w*])"
    r"|\^(?=\S)(?P<sup>[^\s^]{1,40})\^"
    r"|~(?=\S)(?P<sub>[^\s~]{1,40})~"
)
BULLET = re.compile(r"[-•·]\s+(\S.*)")
NUMBER = re.compile(r"\d{1,2}[.)]\s+(\S.*)")
DEEPEST = 4
RAISED = str.maketrans("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ")
LOWERED = str.maketrans("0123456789+-−()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎")


def shown(text: str) -> str:
    """The text as HTML: paragraphs and lists."""
    return "".join(_block(block) for block in _blocks(text))


def shown_line(text: str) -> str:
    """The text as HTML inside of a heading or label: line ends alone part it."""
    return "<br>".join(_line(line) for line in _even(text).strip().split("\n"))


def plain(text: str) -> str:
    """The text without its marks: for lists, search, duplicates and files of other systems.

    Raised and lowered signs stay so where there are such signs: 10^3^ is 10³, never 103.
    """
    return _unmarked(_even(text))


def marked(tag: str, inside: str) -> str:
    """Words that an HTML tag emphasises, by our marks; as they are where no mark can say it."""
    sign = next((sign for sign, name in MARKS.items() if name == tag), "")
    words = inside.strip()
    if not sign or not words or "\n" in words:
        return inside
    told = inside.replace(words, f"{sign}{words}{sign}")
    return told if f"<{tag}>" in shown_line(told) else inside


def escaped(text: str) -> str:
    """Text from elsewhere in which signs are no marks."""
    return re.sub(r"[\\*^~]", r"\\\g<0>", text) if plain(text) != text else text


def _even(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _blocks(text: str) -> list[str]:
    return [block.strip("\n") for block in re.split(r"\n{2,}", _even(text).strip()) if block.strip()]


def _block(block: str) -> str:
    lines = [line.strip() for line in block.split("\n")]
    for pattern, tag in ((BULLET, "ul"), (NUMBER, "ol")):
        items = [pattern.fullmatch(line) for line in lines]
        if len(items) > 1 and all(items):
            return f"<{tag}>{''.join(f'<li>{_line(item[1])}</li>' for item in items if item)}</{tag}>"
    return f"<p>{'<br>'.join(_line(line) for line in block.split(chr(10)))}</p>"


def _line(text: str, depth: int = 0) -> str:
    parts, at = [], 0
    for found in MARKED.finditer(text) if depth < DEEPEST else ():
        parts.append(escape(text[at : found.start()], quote=True))
        tag = found.lastgroup or ""
        inside = found[tag]
        parts.append(escape(inside) if tag == "sign" else f"<{tag}>{_line(inside, depth + 1)}</{tag}>")
        at = found.end()
    return "".join(parts) + escape(text[at:], quote=True)


def _unmarked(text: str, depth: int = 0) -> str:
    if depth >= DEEPEST:
        return text

    def bare(found: re.Match[str]) -> str:
        tag = found.lastgroup or ""
        inside = found[tag]
        return inside if tag == "sign" else moved(_unmarked(inside, depth + 1), tag)

    return MARKED.sub(bare, text)


def moved(text: str, tag: str) -> str:
    """Raised ("sup") or lowered ("sub") words as such signs, where all of them have one; else as they are."""
    table = {"sup": RAISED, "sub": LOWERED}.get(tag, {})
    return text.translate(table) if all(ord(sign) in table for sign in text) else text
