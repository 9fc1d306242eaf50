"""Turns what people paste from Word, Outlook and Google Docs into plain HTML, before the cleaner. Pure: no Django, no I/O.

The cleaner keeps listed tags and drops the rest; what these programs say by styles and classes alone would be lost with
them: lists that are paragraphs, bold that is a span, lines that are divs. Nothing here makes text safe.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bs4 import BeautifulSoup, NavigableString, Tag
from bs4.element import PageElement

BLANKS = r"(?:[ \t\u00a0]|&nbsp;)"
BULLETS = "·•▪■§○●◦\uf0a7\uf0b7\uf0d8"
# What Word writes before an item: a bullet, `o`, or a number, and then at least two blanks.
MARKER = re.compile(
    rf"^\s*(?:(?P<bullet>[{BULLETS}]|[o*–-](?={BLANKS}))|\(?(?:\d{{1,3}}|[a-zA-Z]|[ivxIVX]{{1,5}})[.)]){BLANKS}{{2,}}\s*"
)
LEVEL = re.compile(r"mso-list:[^;\"']*\blevel(\d)", re.IGNORECASE)
IGNORED = re.compile(r"mso-list:\s*ignore", re.IGNORECASE)
KNOWN = "a|b|blockquote|br|em|h2|h3|h4|hr|i|li|ol|p|strong|sub|sup|ul"
FOREIGN = re.compile(
    rf"<(?!/?(?:{KNOWN})\b)[a-z!?]|\sstyle\s*=|<p[^>]*>(?:<[^>]+>|\s)*(?:[{BULLETS}]|[o*–-]|\(?\w{{1,5}}[.)]){BLANKS}{{2}}",
    re.IGNORECASE,
)
BLOCKS = [
    "p",
    "ul",
    "ol",
    "li",
    "blockquote",
    "div",
    "table",
    "tr",
    "td",
    "th",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
]
SAYING = {"span", "font", "div", "table", "tbody", "tr", "td", "th", "h1", "h5", "h6"}
"""Tags that no text keeps and that say something on the way."""
RENAMED = {"h1": "h2", "h5": "h4", "h6": "h4"}


@dataclass
class Item:
    """A paragraph that is an item of a list: how deep, numbered or not."""

    paragraph: Tag
    level: int
    numbered: bool


def is_pasted(html: str) -> bool:
    """Whether a text has any mark of such programs."""
    return FOREIGN.search(html) is not None


def tidied(html: str) -> str:
    """The same text in plain tags. Takes well-formed HTML without comments, its styles kept."""
    soup = BeautifulSoup(html, "html.parser")
    _lists(soup)
    _styles(soup)
    _lines(soup)
    return soup.decode(formatter="minimal")


def _styles(soup: BeautifulSoup) -> None:
    """Bold, italic and raised text that only a style tells of; bold that a style takes back."""
    for tag in soup.find_all(["b", "strong", "i", "em", "span", "font"]):
        style = "".join(str(tag.get("style", "")).lower().split())
        weight = re.search(r"(?:^|;)font-weight:(bold|\d+|normal)", style)
        if tag.name in {"b", "strong"} and weight and weight[1] in {"normal", "400"}:
            tag.unwrap()
            continue
        if tag.name not in {"span", "font"}:
            continue
        names = []
        if weight and (weight[1] == "bold" or (weight[1].isdigit() and int(weight[1]) >= 600)):
            names.append("b")
        if "font-style:italic" in style:
            names.append("i")
        names += [name for name, said in (("sup", "super"), ("sub", "sub")) if f"vertical-align:{said}" in style]
        for name in names:
            tag.wrap(soup.new_tag(name))
        tag.unwrap()


def _lines(soup: BeautifulSoup) -> None:
    """A div or cell that holds a line becomes a paragraph; headings that lessons do not have become those they have."""
    for tag in soup.find_all(list(RENAMED)):
        tag.name = RENAMED[tag.name]
    for tag in soup.find_all(["div", "td", "th"]):
        if tag.find(BLOCKS) is None:
            tag.name = "p"
    for tag in soup.find_all("br"):
        if tag.parent is not None and tag.parent.name in {"[document]", "html", "body", "div"}:
            tag.decompose()


def _lists(soup: BeautifulSoup) -> None:
    """Paragraphs that are items of a list become one, those deeper inside of them."""
    run: list[Item] = []
    for paragraph in soup.find_all("p"):
        item = _item(paragraph)
        if run and (item is None or _next(run[-1].paragraph) is not paragraph):
            _build(soup, run)
            run = []
        if item is not None:
            run.append(item)
    if run:
        _build(soup, run)
    for inner in soup.find_all(["ul", "ol"]):
        before = inner.find_previous_sibling("li")
        if inner.parent is not None and inner.parent.name in {"ul", "ol"} and before is not None:
            before.append(inner.extract())
    for entry in soup.find_all("li"):
        paragraphs = entry.find_all("p", recursive=False)
        if len(paragraphs) == 1:
            paragraphs[0].unwrap()


def _next(tag: Tag) -> PageElement | None:
    """What follows in the same place, blanks aside."""
    following = tag.next_sibling
    while isinstance(following, NavigableString) and not following.strip():
        following = following.next_sibling
    return following


def _item(paragraph: Tag) -> Item | None:
    level = LEVEL.search(str(paragraph.get("style", "")))
    marker = ""
    for part in paragraph.find_all(style=IGNORED):
        marker = marker or part.get_text()
        part.decompose()
    found = MARKER.match(f"{marker}\u00a0\u00a0" if marker else paragraph.get_text())
    if level is None and (found is None or marker):
        return None
    if found and not marker:
        _cut(paragraph, found.end())
    return Item(paragraph, int(level[1]) if level else 1, bool(found and not found["bullet"]))


def _cut(paragraph: Tag, length: int) -> None:
    """Take so many characters away from the beginning."""
    for text in list(paragraph.find_all(string=True)):
        taken = min(length, len(text))
        text.replace_with(NavigableString(text[taken:]))
        length -= taken
        if not length:
            return


def _build(soup: BeautifulSoup, run: Sequence[Item]) -> None:
    """Put one list in the place of these paragraphs."""
    open_lists: list[tuple[int, Tag]] = []
    for item in _steady(run):
        while open_lists and open_lists[-1][0] > item.level:
            open_lists.pop()
        if not open_lists or open_lists[-1][0] < item.level:
            made = soup.new_tag("ol" if item.numbered else "ul")
            if open_lists:
                open_lists[-1][1].find_all("li", recursive=False)[-1].append(made)
            else:
                item.paragraph.insert_before(made)
            open_lists.append((item.level, made))
        entry = soup.new_tag("li")
        open_lists[-1][1].append(entry)
        for part in list(item.paragraph.contents):
            entry.append(part.extract())
        item.paragraph.decompose()


def _steady(run: Sequence[Item]) -> Iterator[Item]:
    """The items, none of them above the first."""
    for item in run:
        yield Item(item.paragraph, max(item.level, run[0].level), item.numbered)
