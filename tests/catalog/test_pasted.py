"""What Word, Outlook and Google Docs put on the clipboard comes out as plain headings, paragraphs, lists and emphasis."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.catalog.blocks import CleanTextBlock, ProseBlock
from courses.catalog.cleaning import clean_stored_html

WORD = """<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:w="urn:schemas-microsoft-com:office:word" xmlns:st1="urn:schemas-microsoft-com:office:smarttags">
<head><meta name=ProgId content=Word.Document><link rel=File-List href="file:///C:/x/clip_filelist.xml">
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<style><!-- /* Style Definitions */ p.MsoNormal {margin:0cm; mso-pagination:widow-orphan;} @page Section1 {} --></style>
<!--[if gte mso 10]><style>table.MsoNormalTable {mso-style-name:"x"}</style><![endif]--></head>
<body lang=EN-US style='tab-interval:36.0pt;word-wrap:break-word'><!--StartFragment-->
<h1>Sink and wait<o:p></o:p></h1>
<p class=MsoNormal><b style='mso-bidi-font-weight:normal'>Sink</b><span style='mso-spacerun:yes'> </span>slowly, as in
<st1:place w:st="on"><st1:City w:st="on">Savannah</st1:City></st1:place>.<o:p></o:p></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol;mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;&nbsp;
</span></span><![endif]>First<o:p></o:p></p>
<p class=MsoListParagraphCxSpMiddle style='margin-left:72.0pt;mso-list:l0 level2 lfo1'><!--[if !supportLists]--><span
style='mso-list:Ignore'>1.<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><!--[endif]-->Inner
<i>one</i><o:p></o:p></p>
<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>2.<span>&nbsp;&nbsp; </span></span><![endif]>Inner two<o:p></o:p></p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>·<span>&nbsp;&nbsp; </span></span><![endif]>Last<o:p></o:p></p>
<p class=MsoNormal style='background:url("https://evil.example/x")'>See <a href="https://example.org/"
style='color:blue'>there</a>,
<span style='font-weight:bold'>now</span>.<o:p></o:p></p><!--EndFragment--></body></html>"""
WORD_CLEAN = (
    "<h2>Sink and wait</h2> <p><b>Sink</b> slowly, as in Savannah.</p> <ul><li>First<ol><li>Inner <i>one</i></li>"
    '<li>Inner two</li></ol></li><li>Last</li></ul> <p>See <a href="https://example.org/">there</a>, <b>now</b>.</p>'
)
GOOGLE = """<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-4f1c"><h2 dir="ltr"
style="line-height:1.38;"><span style="font-size:16pt;font-weight:400;">Wait</span></h2><p dir="ltr"><span
style="font-size:11pt;color:#000000;font-weight:400;white-space:pre-wrap;">Hold </span><span
style="font-weight:700;font-style:italic;">still</span><span>, 90 s.</span><span style="vertical-align:super">1</span></p><br><ul
style="margin-top:0"><li dir="ltr" aria-level="1" style="list-style-type:disc"><p
dir="ltr" role="presentation"><span>one</span></p></li><ul><li
dir="ltr" aria-level="2"><p role="presentation"><span>deeper</span></p></li></ul><li><p><span>two</span></p></li></ul></b><br
class="Apple-interchange-newline">"""
GOOGLE_CLEAN = (
    "<h2>Wait</h2><p>Hold <b><i>still</i></b>, 90 s.<sup>1</sup></p>"
    "<ul><li>one<ul><li>deeper</li></ul></li><li>two</li></ul>"
)
OUTLOOK = """<html xmlns:m="http://schemas.microsoft.com/office/2004/12/omml"><body><div class=WordSection1><p
class=MsoNormal><span style='font-size:11.0pt;font-family:"Calibri",sans-serif;mso-fareast-language:EN-US'
>Dear Ines,<o:p></o:p></span></p><p
class=MsoNormal><span><o:p>&nbsp;</o:p></span></p><p class=MsoNormal><a href="mailto:office@example.org"><span
style='color:#0563C1'>office@example.org</span></a><o:p></o:p></p><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p
class=MsoNormal><b>From:</b> Helen<br><b>Sent:</b> Monday<o:p></o:p></p></div></div></body></html>"""
OUTLOOK_CLEAN = (
    '<p>Dear Ines,</p><p><a href="mailto:office@example.org">office@example.org</a></p>'
    "<p><b>From:</b> Helen<br><b>Sent:</b> Monday</p>"
)
MAIL = "<div>One line</div><div>Another<br></div><div><br></div><div><div>Inner</div></div>"
MAIL_CLEAN = "<p>One line</p><p>Another<br></p><p>Inner</p>"
SHEET = "<table><tr><td style='mso-x:1'>Layer</td><td>60</td></tr></table>"
CASES = {
    "Word": (WORD, WORD_CLEAN),
    "Google Docs": (GOOGLE, GOOGLE_CLEAN),
    "Outlook": (OUTLOOK, OUTLOOK_CLEAN),
    "mail": (MAIL, MAIL_CLEAN),
    "sheet": (SHEET, "<p>Layer</p><p>60</p>"),
    "old Word": (
        '<p class="MsoNormal" style="mso-margin-top-alt:auto"><span style="color:red">Sink <b>slowly</b></span><o:p></o:p></p>',
        "<p>Sink <b>slowly</b></p>",
    ),
    "vector": ('<v:shape id="x" o:spid="y"><v:imagedata src="file:///C:/x.png"/></v:shape><p>kept</p>', "<p>kept</p>"),
    "broken": ("<![foo[ <p style='x'>kept</p>", "kept"),
}


def plain(html: str) -> str:
    """With blanks as a browser shows them."""
    return " ".join(html.split()).replace("> <", "><")


@pytest.mark.parametrize("source", CASES)
def test_clipboards_come_out_clean(source):
    html, expected = CASES[source]
    once = clean_stored_html(html)
    assert plain(once) == plain(expected)
    assert plain(clean_stored_html(once)) == plain(once), "and stay so"
    for trace in ("mso", "style", "class=", "<span", "<o:", "<!--", "urn:", "docs-internal", "&nbsp;", "evil.example"):
        assert trace not in once.lower(), trace


def posted(*blocks: tuple[str, str, int], features: list[str] | None = None) -> str:
    """What the editor's script sends: text blocks with their kind and depth."""
    return json.dumps(
        {
            "blocks": [
                {
                    "key": f"k{place}",
                    "type": kind,
                    "depth": depth,
                    "text": text,
                    "inlineStyleRanges": [],
                    "entityRanges": [],
                }
                for place, (kind, text, depth) in enumerate(blocks)
            ],
            "entityMap": {},
        }
    )


def through_the_editor(sent: str, block: CleanTextBlock | None = None) -> str:
    """By the door that the editor's form takes: the script's words, the form field, the block, the row."""
    block = block or ProseBlock()
    value = block.value_from_datadict({"body": sent}, {}, "body")
    return block.get_prep_value(block.clean(value))


def test_the_editors_door_makes_lists_of_what_word_writes_as_text():
    """The editor's own paste keeps a list's bullets as text, since it knows no mso-list."""
    stored = through_the_editor(
        posted(
            ("header-two", "Sink and wait", 0),
            ("unstyled", "·       First", 0),
            ("unstyled", "·\u00a0\u00a0\u00a0 Second", 0),
            ("unstyled", "", 0),
            ("unstyled", "1.   One", 0),
            ("unstyled", "2.   Two", 0),
            ("unstyled", "3. stays a sentence", 0),
        )
    )
    assert 'data-block-key="k0"' in stored
    assert plain(stored.replace(' data-block-key="k0"', "").replace(' data-block-key="k6"', "")) == (
        "<h2>Sink and wait</h2><ul><li>First</li><li>Second</li></ul><ol><li>One</li><li>Two</li></ol>"
        "<p>3. stays a sentence</p>"
    )


def test_the_editors_door_drops_what_it_must_not_hold():
    entity = {"0": {"type": "LINK", "mutability": "MUTABLE", "data": {"url": "javascript:alert(1)"}}}
    sent = json.loads(posted(("unstyled", "<script>alert(1)</script> click", 0)))
    sent["blocks"][0]["entityRanges"] = [{"offset": 26, "length": 5, "key": 0}]
    sent["entityMap"] = entity
    stored = through_the_editor(json.dumps(sent))
    assert "javascript" not in stored and "<script" not in stored and "&lt;script&gt;" in stored
    for raw in ("<p onclick=x>a</p><script>b</script>", '{"blocks": 3}', "[]", "null", '"x"'):
        stored = through_the_editor(raw, CleanTextBlock(required=False))
        assert "<script" not in stored and "onclick" not in stored, raw


def test_nested_lists_come_through_the_editors_door():
    stored = through_the_editor(
        posted(("unordered-list-item", "a", 0), ("unordered-list-item", "b", 1), ("unordered-list-item", "c", 0))
    )
    assert stored.count("<ul>") == 2 and stored.index("b") < stored.rindex("</ul></li>")


PIECES = st.lists(
    st.sampled_from(
        [
            *("<p>", "</p>", "<p style='mso-list:l0 level1 lfo1'>", "<p style='mso-list:l0 level9 lfo1'>", "·   a"),
            *(
                "<div>",
                "</div>",
                "<span style='font-weight:bold'>",
                "</span>",
                "<span style='mso-list:Ignore'>·</span>",
            ),
            *("1.   b", "<ul>", "</ul>", "<li>", "</li>", "<b style='font-weight:normal'>", "</b>", "<table>", "<td>"),
            *("<![if x]>", "<!--", "-->", "<o:p>&nbsp;</o:p>", "word", "<br>", "<script>bad</script>", "<h1>", "</h1>"),
        ]
    ),
    max_size=20,
).map("".join)


@given(PIECES)
def test_any_paste_is_clean_and_settles(text):
    once = clean_stored_html(text)
    assert "bad" not in once and "mso" not in once and "<span" not in once and "style" not in once
    settled = clean_stored_html(once)
    assert plain(clean_stored_html(settled)) == plain(settled)
    assert once.count("word") == text.split("<!--")[0].count("word") or "<!--" in text, "no word is lost"
