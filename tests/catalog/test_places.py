"""Blocks that say their ids, headings that are places: what is put into a lesson's body, and what is read from it."""

import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from courses.catalog.marking import headings_in, named_block, with_heading_ids


@pytest.mark.parametrize(
    ("html", "named"),
    [
        ("<div class='prose'><p>a</p></div>", "<div data-block=\"7\" class='prose'><p>a</p></div>"),
        ("<!--own:x--><p>a</p>", '<!--own:x--><p data-block="7">a</p>'),
        ("a &lt; b", "a &lt; b"),
        ("", ""),
    ],
)
def test_the_first_element_says_the_block(html: str, named: str) -> None:
    assert named_block(html, "7") == named


@pytest.mark.parametrize(
    ("html", "placed"),
    [
        ("<h2>On touch</h2>", '<h2 id="at-on-touch">On touch</h2>'),
        ("<h3 class='x'>Ödem &amp; <i>skin</i></h3>", "<h3 class='x' id=\"at-odem-skin\">Ödem &amp; <i>skin</i></h3>"),
        ("<h2>A</h2><h2>a!</h2>", '<h2 id="at-a">A</h2><h2 id="at-a-2">a!</h2>'),
        ("<h2>触れる</h2>", '<h2 id="at-heading">触れる</h2>'),
        ('<h2 id="mine">A</h2>', '<h2 id="mine">A</h2>'),
        ("<h4>A</h4><p>B</p>", "<h4>A</h4><p>B</p>"),
    ],
)
def test_a_heading_is_a_place_named_by_its_words(html: str, placed: str) -> None:
    assert with_heading_ids(html, set()) == placed


def test_places_are_told_apart_across_blocks() -> None:
    taken: set[str] = set()
    first, second = (with_heading_ids("<h2>Dose</h2>", taken) for _ in range(2))
    assert headings_in(first + second) == {"at-dose": "Dose", "at-dose-2": "Dose"}


def test_only_places_are_read() -> None:
    html = '<h2 id="h-notes">No</h2><h2 class="a" id="at-b">B &amp;\n<b>c</b></h2><h3>D</h3>'
    assert headings_in(html) == {"at-b": "B & c"}


@given(st.lists(st.text(alphabet="abÖ 9<&\"'-!", max_size=12), max_size=6))
def test_every_heading_gets_an_id_of_its_own_and_keeps_its_words(words: list[str]) -> None:
    soup = BeautifulSoup("", "html.parser")
    for one in words:
        heading = soup.new_tag("h2")
        heading.string = one
        soup.append(heading)
    placed = with_heading_ids(str(soup), set())
    found = headings_in(placed)
    assert len(found) == len(words)
    assert [" ".join(one.split()) for one in words] == list(found.values())
    assert all(re.fullmatch(r"at-[a-z0-9-]{1,66}", place) for place in found)
    assert [one["id"] for one in BeautifulSoup(placed, "html.parser").select("h2")] == list(found)
