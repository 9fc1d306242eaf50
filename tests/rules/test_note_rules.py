"""Passages, the search in notes, and what is taken away, as pure rules."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from courses.study.rules.notes import (
    Anchor,
    Told,
    ToldLesson,
    anchor_of,
    as_markdown,
    as_text,
    drawn_together,
    holds,
    plain_in_markdown,
)

BLOCK = "7d7a1c5e-3a4b-4f7e-9d9e-1f2a3b4c5d6e"
DAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("given", "anchor"),
    [
        ({"exact": " \n "}, None),
        ({"exact": "the  barrier\n"}, Anchor("the barrier")),
        ({"exact": "it", "prefix": "Sink to ", "suffix": " and wait"}, Anchor("it", "Sink to ", " and wait")),
        ({"exact": "it", "prefix": "so(", "suffix": ")"}, Anchor("it", "so(", ")")),
        ({"exact": "it", "prefix": "abcdefghijkl", "suffix": "mnopqrstuvwx"}, Anchor("it", "cdefghijkl", "mnopqrstuv")),
        ({"exact": "it", "block": BLOCK}, Anchor("it", block=UUID(BLOCK))),
        ({"exact": "it", "block": "block-3"}, Anchor("it")),
        ({"exact": "i\x00t"}, Anchor("it")),
    ],
)
def test_a_passage(given: dict[str, str], anchor: Anchor | None) -> None:
    assert anchor_of(context=10, **given) == anchor


@given(st.text(), st.text(), st.text())
def test_a_passage_is_the_same_when_it_is_read_again(exact: str, prefix: str, suffix: str) -> None:
    first = anchor_of(exact=exact, prefix=prefix, suffix=suffix, context=64)
    if first is None:
        assert not drawn_together(exact)
        return
    assert len(first.prefix) <= 64 and len(first.suffix) <= 64
    again = anchor_of(exact=first.exact, prefix=first.prefix, suffix=first.suffix, context=64)
    assert again is not None and again.exact == first.exact


@pytest.mark.parametrize(
    ("asked", "texts", "found"),
    [
        ("", ("anything",), True),
        ("BARRIER", ("the barrier",), True),
        ("odem", ("Ödeme",), True),
        ("barrier slack", ("the barrier", "takes up slack"), True),
        ("barrier lymph", ("the barrier", "takes up slack"), False),
    ],
)
def test_search(asked: str, texts: tuple[str, ...], found: bool) -> None:
    assert holds(asked, *texts) is found


def visible(markdown: str) -> str:
    """What a reader of the Markdown sees."""
    words = []
    for token in MarkdownIt("commonmark").parse(markdown):
        for part in token.children or []:
            assert part.type in {"text", "softbreak", "hardbreak"}, f"{part.type} in {markdown!r}"
            words.append(part.content or " ")
    return " ".join("".join(words).split())


@given(st.text(alphabet=st.sampled_from("ab1.)( \\`*_[]<>#+-=|~!&;:/"), min_size=1, max_size=30))
def test_what_she_wrote_is_no_markup(text: str) -> None:
    words = " ".join(text.split())
    told = as_markdown("T", [ToldLesson("P", "L", [Told("", words, DAY)])]).split("### L")[1].rsplit("*2026", 1)[0]
    assert visible(told) == words


def test_both_files() -> None:
    lessons = [
        ToldLesson("Release", "The barrier", [Told("take up *slack*", "", DAY), Told("", "Ask.\n\n2. Wait", DAY)]),
        ToldLesson("Release", "Two", [Told("90 s", "long?", DAY)]),
        ToldLesson("Drainage", "Three", [Told("", "x", DAY)]),
    ]
    assert as_markdown("My notes", lessons) == (
        "# My notes\n\n## Release\n\n### The barrier\n\n> take up \\*slack\\*\n\n*2026-03-02*\n\nAsk.  \n  \n2\\. Wait\n\n"
        "*2026-03-02*\n\n### Two\n\n> 90 s\n\nlong?\n\n*2026-03-02*\n\n## Drainage\n\n### Three\n\nx\n\n*2026-03-02*\n"
    )
    assert as_text("My notes", lessons) == (
        "My notes\n========\n\nRELEASE\n\nThe barrier\n-----------\n\n2026-03-02\n“take up *slack*”\n\n2026-03-02\n"
        "    Ask.\n\n    2. Wait\n\nTwo\n---\n\n2026-03-02\n“90 s”\n    long?\n\nDRAINAGE\n\nThree\n-----\n\n2026-03-02\n    x\n"
    )
    assert plain_in_markdown("a-b") == "a\\-b"
