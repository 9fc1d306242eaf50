"""The marks in words of questions: what they show, that nothing typed runs, and that plain words stay as they were."""

import re
import time

import pytest
from bs4 import BeautifulSoup
from django.utils.html import linebreaks
from hypothesis import given
from hypothesis import strategies as st

from certification.quizzes.wording import LOWERED, RAISED, escaped, marked, plain, shown, shown_line

FLAT = {sign: chr(flat) for table in (LOWERED, RAISED) for flat, sign in table.items()} | {
    ord(sign): "-" for sign in "−⁻₋"
}


@pytest.mark.parametrize(
    ("text", "html", "words"),
    [
        ("One *word* and **two words**.", "<p>One <em>word</em> and <strong>two words</strong>.</p>",
         "One word and two words."),
        ("**a *b* c**", "<p><strong>a <em>b</em> c</strong></p>", "a b c"),
        ("CO~2~ at 10^3^", "<p>CO<sub>2</sub> at 10<sup>3</sup></p>", "CO₂ at 10³"),
        ("the 5^th^ of x^2n+1^ and x~a~", "<p>the 5<sup>th</sup> of x<sup>2n+1</sup> and x<sub>a</sub></p>",
         "the 5th of x²ⁿ⁺¹ and xa"),
        ("2*3*4 and 2 * 3 * 4", "<p>2*3*4 and 2 * 3 * 4</p>", "2*3*4 and 2 * 3 * 4"),
        (r"\*not\* so", "<p>*not* so</p>", "*not* so"),
        ("- one\n- *two*", "<ul><li>one</li><li><em>two</em></li></ul>", "- one\n- two"),
        ("1. one\n2. two", "<ol><li>one</li><li>two</li></ol>", "1. one\n2. two"),
        ("- alone", "<p>- alone</p>", "- alone"),
        ("- one\nor two", "<p>- one<br>or two</p>", "- one\nor two"),
        ("a\r\nb\r\n\r\n\r\nc", "<p>a<br>b</p><p>c</p>", "a\nb\n\n\nc"),
        ("~5 minutes, ~6 hours", "<p>~5 minutes, ~6 hours</p>", "~5 minutes, ~6 hours"),
        ("a ^ b ^ c", "<p>a ^ b ^ c</p>", "a ^ b ^ c"),
        ("**open and *shut", "<p>**open and *shut</p>", "**open and *shut"),
        ("", "", ""),
    ],
)  # fmt: skip
def test_marks(text, html, words):
    assert shown(text) == html
    assert plain(text) == words


ATTACKS = [
    "<script>alert(1)</script>",
    "*<img src=x onerror=alert(1)>*",
    "**<b onmouseover='alert(1)'>x</b>**",
    "^<svg/onload=alert(1)>^",
    "- <a href='javascript:alert(1)'>x</a>\n- \"><script>",
    "*a **b* c**",
    "<*script*>alert(1)</*script*>",
    "&lt;script&gt; &amp;amp;",
    "\\<script>",
]


@pytest.mark.parametrize("text", ATTACKS)
def test_nothing_that_is_typed_is_a_tag(text):
    for html in (shown(text), shown_line(text)):
        assert {tag.name for tag in BeautifulSoup(html, "html.parser").find_all()} <= {
            "p", "br", "em", "strong", "sup", "sub", "ul", "ol", "li",
        }  # fmt: skip
        assert not re.search(r"<\w+\s", html)


SIGNS = st.text(alphabet="ab *^~\\\n-1.<>&'\"", max_size=60)


@given(SIGNS)
def test_tags_are_nested_and_the_words_stay(text):
    html = shown(text)
    open_tags: list[str] = []
    for close, tag in re.findall(r"<(/?)(\w+)>", html):
        if tag == "br":
            continue
        if close:
            assert open_tags.pop() == tag
        else:
            open_tags.append(tag)
    assert not open_tags
    told = BeautifulSoup(shown_line(text), "html.parser")
    for line_end in told.find_all("br"):
        line_end.replace_with("\n")
    # In plain words a raised sign is a sign of its own, in HTML a tag around the sign.
    assert told.get_text().translate(FLAT) == plain(text.strip()).translate(FLAT)


@given(st.text(alphabet="ab (){}[]<>&'\"\n.,", max_size=60))
def test_plain_words_look_as_they_did(text):
    def tree(html: str) -> str:
        return re.sub(r"\s*(<[^>]+>)\s*", r"\1", html)

    # Django keeps blanks at the ends of paragraphs, which no page shows.
    # What is kept has no blanks around it.
    assert tree(shown(text)) == tree(linebreaks(text.strip(), autoescape=True)).replace("<p></p>", "")


@given(SIGNS)
def test_what_is_escaped_shows_itself(text):
    assert plain(escaped(text)) == text.replace("\r", "\n")


def test_tags_of_elsewhere_become_marks():
    assert marked("em", "word") == "*word*" and marked("strong", " two words ") == " **two words** "
    assert marked("sub", "2") == "~2~" and marked("sup", "a b") == "a b"
    assert marked("u", "x") == "x"


def test_a_long_row_of_marks_takes_no_time():
    begun = time.perf_counter()
    for text in ("*" * 20_000, "**a " * 5_000, "^a" * 10_000, "\\" * 20_000, "*a* " * 5_000):
        shown(text), plain(text)
    assert time.perf_counter() - begun < 4
