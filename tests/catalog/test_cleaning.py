"""What markup passes the cleaners, and what an editor's own tricks come to."""

import pytest

from courses.catalog.cleaning import UnreadableDrawingError, clean_shown_html, clean_stored_html, clean_svg

EVIL_TEXTS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="jAvAsCrIpT:alert(1)">x</a>',
    '<a href="java\tscript:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>',
    '<a href="vbscript:msgbox(1)">x</a>',
    '<a href="ftp://example.org/x">x</a>',
    '<p onclick="alert(1)" style="position:fixed" class="btn">x</p>',
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    '<iframe src="https://example.org"></iframe><object data="x"></object><form action="/x"><input></form>',
    '<base href="https://example.org"><meta http-equiv="refresh" content="0;url=https://example.org">',
    "<p>x<style>body{display:none}</style></p>",
    "\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
]


@pytest.mark.parametrize("clean", [clean_stored_html, clean_shown_html])
@pytest.mark.parametrize("evil", EVIL_TEXTS)
def test_nothing_an_editor_types_runs(evil, clean):
    cleaned = clean(f"<p>before</p>{evil}<p>after</p>")
    low = cleaned.lower()
    for trace in ("script", "onerror", "onclick", "style", "javascript", "data:", "vbscript", "ftp:", "<img", "<svg",
                  "<iframe", "<object", "<form", "<base", "<meta", "class="):  # fmt: skip
        assert trace not in low, (evil, cleaned)
    assert "before" in cleaned


def test_what_may_stand_stays():
    text = (
        '<h2>Head</h2><p>One <b>two</b> <i>three</i> <a href="https://example.org/?a=1">four</a> '
        '<a href="mailto:a@example.org">five</a> <a href="/privacy/">six</a> '
        # What the editor's link window offers is kept.
        '<a href="tel:9125550142">seven</a> <a href="#part">eight</a></p>'
        "<ul><li>a</li></ul><ol><li>b</li></ol><blockquote>c</blockquote>"
    )
    assert clean_shown_html(text) == text
    inner = '<p data-block-key="ab1">See <a linktype="page" id="3">there</a></p>'
    assert clean_stored_html(inner) == inner
    assert "linktype" not in clean_shown_html(inner)


def svg(inner: str, head: str = 'viewBox="0 0 10 10"') -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {head}>{inner}</svg>'


SHAPE = '<path class="f-line" d="M0 0L5 5"/>'
EVIL_SHAPES = [
    "<script>alert(1)</script>",
    "<script xlink:href='https://example.org/x.js'/>",
    "<style>@import url(https://example.org/x.css)</style>",
    "<image href='https://example.org/x.png'/>",
    "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'><img src='x' onerror='alert(1)'/></body></foreignObject>",
    "<a href='javascript:alert(1)'><text>x</text></a>",
    "<use href='https://example.org/x.svg#a'/>",
    "<use xlink:href='#a'/>",
    "<animate attributeName='href' to='javascript:alert(1)'/>",
    "<set attributeName='onload' to='alert(1)'/>",
    "<path onclick='alert(1)' onload='alert(1)' style='fill:red' d='M0 0'/>",
    "<path fill='url(https://example.org/x)' d='M0 0'/>",
    "<path fill='url(\"javascript:alert(1)\")' d='M0 0'/>",
    "<path mask='URL(//example.org/x)' d='M0 0'/>",
    "<svg onload='alert(1)'><path d='M0 0'/></svg>",
    "<h:script xmlns:h='http://www.w3.org/1999/xhtml'>alert(1)</h:script>",
    "<!-- <script>alert(1)</script> --><?xml-stylesheet href='https://example.org/x.css'?>",
    "<text>&lt;script&gt;alert(1)&lt;/script&gt;</text>",
    "<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;</title>",
]


@pytest.mark.parametrize("evil", EVIL_SHAPES)
def test_a_drawing_keeps_its_shapes_and_nothing_that_acts(evil):
    cleaned = clean_svg(svg(SHAPE + evil, 'viewBox="0 0 10 10" onload="alert(1)" width="9"'), prefix="f-")
    assert 'd="M0 0L5 5"' in cleaned
    for trace in ("<script", "onload", "onclick", "onerror", "style", "example.org", "javascript", "<use", "<image",
                  "foreignobject", "<a", "<set", "xlink", "<?"):  # fmt: skip
        assert trace not in cleaned.lower(), cleaned


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ("", "not readable"),
        ("<p>no drawing</p>", "begin with"),
        ("<svg><path d='M0 0'/></svg>", "viewBox"),
        (svg("<script>1</script>"), "no shape"),
        ('<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + svg("<text>&a;</text>"), "DTD"),
        ('<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + svg("<text>&x;</text>"), "DTD"),
        ('<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/x.dtd">' + svg(SHAPE), "DTD"),
        (svg("<path d='" + "M0 0" * 110_000 + "'/>"), "larger"),
        ("\x00\x01", "not readable"),
    ],
)
def test_what_cannot_be_taken_says_what_to_do(bad, says):
    with pytest.raises(UnreadableDrawingError, match=says):
        clean_svg(bad, prefix="f-")


def test_ids_are_told_apart_once_and_references_follow():
    drawing = svg(
        '<defs><pattern id="hx" width="6" height="6"><path d="M0 0V6"/></pattern></defs>'
        '<path fill="url(#hx)" d="M0 0L5 5"/>'
    )
    once = clean_svg(drawing, prefix="fig-a-")
    assert 'id="fig-a-hx"' in once
    assert 'fill="url(#fig-a-hx)"' in once
    assert clean_svg(once, prefix="fig-a-") == once
