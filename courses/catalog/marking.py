"""Puts into a lesson's text what was not written there: marks of terms, a learner's own places. Pure: no Django, no I/O.

A term is marked the first time that it stands in a lesson, and never inside a heading, a link or code. The mark is a
link to the term's own words further down the page, so that it works without script.

A learner's own places are kept out of the body, which is the same for all: blocks leave `<!--own:kind:id-->`, what
stands there in a preview, and `<!--/own-->`. No editor can write such a comment: cleaners drop comments, fields are
escaped.

Each block says its id, and its headings have ids of their own: by these a learner's notes and bookmarks find their place.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from unicodedata import combining, normalize

from bs4 import BeautifulSoup, NavigableString, Tag
from bs4.dammit import EntitySubstitution
from bs4.formatter import HTMLFormatter

UNMARKED = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "a", "code", "pre", "kbd", "button", "summary", "dfn"})
# What a parser reads is written again as the cleaner writes it: `<br>`, and only & < > as entities.
AS_CLEANED = HTMLFormatter(
    entity_substitution=EntitySubstitution.substitute_xml,
    void_element_close_prefix="",
    empty_attributes_are_booleans=False,
)


def forms_of(term: str, others: Sequence[str] = (), language: str = "en") -> tuple[str, ...]:
    """Every way in which a term is written: itself, the other forms, and in English the regular plural of each."""
    found = [" ".join(one.split()) for one in (term, *others)]
    if language.split("-")[0] == "en":
        found += [_plural(one) for one in found if one]
    return tuple(dict.fromkeys(one for one in found if one))


def _plural(word: str) -> str:
    if re.search(r"[^aeiou]y$", word, re.I):
        return word[:-1] + "ies"
    return word + ("es" if re.search(r"(?:s|x|z|ch|sh)$", word, re.I) else "s")


def _same(text: str) -> str:
    """What two spellings of one form have in common."""
    return " ".join(text.replace("’", "'").split()).casefold()


class Terms:
    """The terms of one lesson, each found once: `mark` text after text, then ask which were `found`."""

    def __init__(self, forms: Mapping[int, Sequence[str]]) -> None:
        self.keys = {_same(form): key for key, all_forms in forms.items() for form in all_forms if form.strip()}
        self.found: list[int] = []
        patterns = sorted((self._pattern(form) for form in self.keys), key=len, reverse=True)
        self.any_form = re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE) if patterns else None

    @staticmethod
    def _pattern(form: str) -> str:
        return r"\s+".join(re.escape(word).replace("'", "['’]") for word in form.split())

    def mark(self, html: str) -> str:
        """The text with each term marked that was not found before. What it says stays the same."""
        if self.any_form is None or not self.any_form.search(html):
            return html
        soup = BeautifulSoup(html, "html.parser")
        changed = False
        for text in list(soup.find_all(string=True)):
            if type(text) is not NavigableString or any(parent.name in UNMARKED for parent in text.parents):
                continue
            parts = list(self._parts(soup, str(text)))
            if len(parts) > 1 or isinstance(parts[0], Tag):
                text.replace_with(*parts)
                changed = True
        return soup.decode(formatter=AS_CLEANED) if changed else html

    def _parts(self, soup: BeautifulSoup, text: str) -> Iterator[NavigableString | Tag]:
        at = 0
        for match in self.any_form.finditer(text) if self.any_form else ():
            key = self.keys.get(_same(match[0]))
            if key is None or key in self.found:
                continue
            self.found.append(key)
            if match.start() > at:
                yield NavigableString(text[at : match.start()])
            place = f"term-{key}"
            link = soup.new_tag(
                "a", attrs={"class": "term", "href": f"#{place}", "data-tip": f"#{place}", "aria-describedby": place}
            )
            link.string = match[0]
            yield link
            at = match.end()
        if at < len(text) or at == 0:
            yield NavigableString(text[at:])


FIRST_TAG = re.compile(r"<[a-zA-Z][a-zA-Z0-9-]*")
BARE_HEADING = re.compile(r"<(h[23])((?:\s(?!id=)[^\s>]+)*)>(.*?)</\1>", re.DOTALL)
PLACED_HEADING = re.compile(r"<(h[23])\b[^>]*\sid=\"(at-[^\"]+)\"[^>]*>(.*?)</\1>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")
MOST_SLUG = 60


def named_block(html: str, block: str) -> str:
    """A block's text whose first element says which block it is."""
    return FIRST_TAG.sub(lambda tag: f'{tag[0]} data-block="{block}"', html, count=1)


def with_heading_ids(html: str, taken: set[str]) -> str:
    """The text with an id on each heading that has none: `at-` and its words. `taken` are those of the page so far."""

    def named(heading: re.Match[str]) -> str:
        plain = "".join(sign for sign in normalize("NFKD", _words(heading[3])) if not combining(sign))
        slug = "-".join(re.findall(r"[a-z0-9]+", plain.casefold()))[:MOST_SLUG].strip("-")
        name = wanted = f"at-{slug or 'heading'}"
        number = 1
        while name in taken:
            number += 1
            name = f"{wanted}-{number}"
        taken.add(name)
        return f'<{heading[1]}{heading[2]} id="{name}">{heading[3]}</{heading[1]}>'

    return BARE_HEADING.sub(named, html)


def headings_in(html: str) -> dict[str, str]:
    """The headings of a lesson's body that have a place of their own: id to words."""
    return {heading[2]: _words(heading[3]) for heading in PLACED_HEADING.finditer(html)}


def _words(html: str) -> str:
    return " ".join(unescape(TAG.sub("", html)).split())


OWN_PLACE = re.compile(r"<!--own:([a-z]+):([0-9a-f-]{36})-->.*?<!--/own-->", re.DOTALL)
CHOICE = re.compile(r' data-choice="([^"]+)"')


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """Where a learner leaves something: what kind, in which block, and what stands there for nobody."""

    kind: str
    block: str
    otherwise: str


@dataclass(frozen=True, slots=True)
class Body:
    """A lesson's body taken apart once: the pieces between a learner's own places, and its headings by id."""

    html: str
    pieces: tuple[str | OwnPlace, ...]
    headings: Mapping[str, str]

    def with_own(self, fill: Callable[[str, str], str | None], chosen: Collection[str] = ()) -> str:
        """The body with what `fill(kind, block)` gives for each place, and the answers of these ids chosen."""
        return "".join(
            _checked(piece, chosen) if isinstance(piece, str) else fill(piece.kind, piece.block) or piece.otherwise
            for piece in self.pieces
        )


def _checked(text: str, chosen: Collection[str]) -> str:
    if not chosen or " data-choice=" not in text:
        return text
    return CHOICE.sub(lambda found: found[0] + " checked" if found[1] in chosen else found[0], text)


def body_from(html: str) -> Body:
    """Take a rendered body apart."""
    pieces: list[str | OwnPlace] = []
    at = 0
    for place in OWN_PLACE.finditer(html):
        pieces += [html[at : place.start()], OwnPlace(place[1], place[2], place[0])]
        at = place.end()
    return Body(html, (*pieces, html[at:]), headings_in(html))
