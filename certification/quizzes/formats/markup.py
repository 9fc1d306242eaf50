"""Gives marked-up text as plain text by paragraphs, with the marks of `wording` where these are kept, and refuses what
neither can say, as pictures and tables.
"""

import re
from collections.abc import Callable
from html.parser import HTMLParser

from certification.quizzes.formats.base import LONGEST_TEXT, RefusedError, clean
from certification.quizzes.wording import LOWERED, RAISED, escaped, marked

LONGEST_SOURCE = 4 * LONGEST_TEXT
MOST_TAGS = 1_000
BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "ul",
    ]
)
LINES = frozenset({"br", "li"})
REFUSED = {
    **dict.fromkeys(("img", "picture", "svg", "canvas", "map", "area"), "a picture"),
    **dict.fromkeys(("audio", "video", "source", "track"), "sound or film"),
    **dict.fromkeys(("object", "embed", "iframe", "frame", "applet", "script"), "embedded matter"),
    **dict.fromkeys(("input", "select", "textarea", "button"), "a field"),
    "table": "a table",
    "math": "a formula",
}
EMPHASIS = {"b": "strong", "strong": "strong", "i": "em", "em": "em"}
SIGNS = ("*", "^", "~", "\\")
LOOKS_MARKED = re.compile(r"</?[a-zA-Z][^<>]*>|<!--|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+);")
MARKDOWN = re.compile(
    r"(?m)^\s*(?:#{1,6}\s|>|[-*+]\s|\d+\.\s|```|\|)|[*_`]\w|\w[*_`](?!\w)|\[[^\[\]\n]{0,300}\]\(|^ {4}"
)


class _Reader(HTMLParser):
    """Writes paragraphs apart by an empty line and lines apart by a line end; folds all other white space."""

    def __init__(self, *, marks: bool = False) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.marks = marks
        self.begun: list[tuple[str, int]] = []
        self.moved = ""
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in REFUSED:
            raise RefusedError(f"The text holds {REFUSED[tag]} (<{tag}>), which plain text cannot show.")
        if tag in BLOCKS:
            self.parts.append("\n\n")
        elif tag in LINES:
            self.parts.append("\n" if tag == "br" else "\n- " if self.marks else "\n– ")
        elif self.marks and tag in EMPHASIS:
            self.begun.append((tag, len(self.parts)))
        elif tag in ("sup", "sub"):
            self.moved = tag
        elif tag in ("style", "title"):
            self.hidden += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self.parts.append("\n\n")
        elif self.begun and self.begun[-1][0] == tag:
            _tag, at = self.begun.pop()
            self.parts[at:] = [marked(EMPHASIS[tag], "".join(self.parts[at:]))]
        elif tag == self.moved:
            self.moved = ""
        elif tag in ("style", "title") and self.hidden:
            self.hidden -= 1

    def handle_data(self, data: str) -> None:
        if self.hidden:
            return
        if self.moved:
            data = self._moved(data)
        elif self.marks:
            data = beside_marks(data)
        self.parts.append(re.sub(r"[ \t\r\n\f\v]+", " ", data))

    def _moved(self, data: str) -> str:
        """Raised or lowered signs: as such where there are such signs, else by a mark."""
        try:
            return moved(data, self.moved)
        except RefusedError:
            told = marked(self.moved, data.strip()) if self.marks else ""
            if told in ("", data.strip()):
                raise
            return told


def beside_marks(text: str) -> str:
    """Give a piece of text that may stand next to a mark: its own signs are none, and join none."""
    inside = text.strip()
    if inside[:1] in SIGNS or inside[-1:] in SIGNS:
        return re.sub(r"[\\*^~]", r"\\\g<0>", text)
    return escaped(text)


def moved(text: str, tag: str) -> str:
    """Give raised ("sup") or lowered ("sub") signs as such; refuse those that have no raised or lowered form."""
    table = RAISED if tag == "sup" else LOWERED
    text = text.strip()
    if any(ord(sign) not in table for sign in text):
        raise RefusedError(f"The text raises or lowers “{text}”, which plain text cannot show.")
    return text.translate(table)


def from_html(source: str, *, marks: bool = False) -> str:
    """Give the plain text of a piece of HTML; with `marks` what it emphasises stays so."""
    if source.count("<") > MOST_TAGS:
        raise RefusedError(f"A text has more than {MOST_TAGS:,} tags.")
    reader = _Reader(marks=marks)
    reader.feed(_without_comments(source))
    reader.close()
    return folded("".join(reader.parts))


def _without_comments(source: str) -> str:
    """Leave comments out, in one go: the parser takes ever longer for each that has no end."""
    parts, at = [], 0
    while (start := source.find("<!", at)) >= 0:
        comment = source.startswith("<!--", start)
        end = source.find("-->" if comment else ">", start + (4 if comment else 2))
        if end < 0:
            raise RefusedError("The text begins a comment that has no end.")
        parts.append(source[at:start])
        at = end + (3 if comment else 1)
    return "".join(parts) + source[at:]


def folded(text: str) -> str:
    """Give a text without space around lines and with at most one empty line between paragraphs."""
    lines = re.sub(r"[ \t]*\n[ \t]*", "\n", text.replace("\xa0", " "))
    return clean(re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+", " ", lines)))


def from_moodle(source: str, *, marks: bool = False) -> str:
    """Give the plain text of Moodle's own format: lines stay, and HTML counts."""
    if not LOOKS_MARKED.search(source):
        return escaped(clean(source)) if marks else clean(source)
    return from_html(clean(source).replace("\n", "<br>"), marks=marks)


def from_markdown(source: str) -> str:
    """Give a text of which it is said that it is Markdown; refuse one that uses it."""
    if MARKDOWN.search(source):
        raise RefusedError("The text is marked up by Markdown; write it as plain text.")
    return from_moodle(source)


def plain(source: str, form: str) -> str:
    """Give the plain text of a text in Moodle's format "html", "moodle", "plain" or "markdown"."""
    if len(source) > LONGEST_SOURCE:
        raise RefusedError(f"A text with its markup is longer than {LONGEST_SOURCE:,} signs.")
    readers: dict[str, Callable[[str], str]] = {
        "html": from_html,
        "moodle": from_moodle,
        "plain": clean,
        "markdown": from_markdown,
    }
    return readers[form](source)


def worded(source: str, form: str) -> str:
    """Give the words of a question or explanation, which may hold marks; other texts are `plain`."""
    if len(source) > LONGEST_SOURCE:
        raise RefusedError(f"A text with its markup is longer than {LONGEST_SOURCE:,} signs.")
    if form == "html":
        return from_html(source, marks=True)
    return from_moodle(source, marks=True) if form == "moodle" else escaped(plain(source, form))
