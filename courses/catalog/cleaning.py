"""Owns what markup may stand in lessons and pages: one list for text, one for drawings. Pure: no Django, no I/O.

Both cleaners keep what is listed and drop the rest; they refuse only what they cannot read. Text is cleaned when it is
stored and again when it is shown, so that neither an import nor a row written by hand brings anything in.
"""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Collection, Iterator
from html import escape
from urllib.parse import urlsplit

import nh3
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from .pasted import SAYING, is_pasted, tidied

LINK_SCHEMES = {"http", "https", "mailto", "tel"}
TEXT_TAGS = {
    "a", "b", "blockquote", "br", "em", "h2", "h3", "h4", "hr", "i", "li", "ol", "p", "strong", "sub", "sup", "ul",
}  # fmt: skip
# What is stored names internal links by their kind and id; `data-block-key` lets the editor compare and comment.
STORED_ATTRIBUTES = {"a": {"href", "linktype", "id"}, "*": {"data-block-key"}}
SHOWN_ATTRIBUTES = {"a": {"href"}}


# The editor stores none; where a file has some, a comparison would tell of changes that nobody made.
BETWEEN_BLOCKS = re.compile(
    r"(</(?:p|h2|h3|h4|ul|ol|li|blockquote)>|<(?:ul|ol|blockquote)(?: data-block-key=\"[^\"]*\")?>)\s+(?=<|$)"
)
EMPTY = re.compile(r"<p(?: data-block-key=\"[^\"]*\")?>(?:\s|\u00a0|&nbsp;|<br>)*</p>")


def clean_stored_html(html: str) -> str:
    """The text as it may be stored: what was pasted from an office program in plain tags, without empty paragraphs and
    without blanks between paragraphs.
    """
    if is_pasted(html):
        # The cleaner reads as browsers do; what it lets through here for its styles is cleaned again below.
        styled = {**STORED_ATTRIBUTES, "*": STORED_ATTRIBUTES["*"] | {"style"}}
        html = tidied(_clean(html, styled, TEXT_TAGS | SAYING))
    return EMPTY.sub("", BETWEEN_BLOCKS.sub(r"\1", _clean(html, STORED_ATTRIBUTES)))


def clean_shown_html(html: str) -> str:
    """The text as it may be shown, its internal links already expanded."""
    return _clean(html, SHOWN_ATTRIBUTES)


def _clean(html: str, attributes: dict[str, set[str]], tags: set[str] = TEXT_TAGS) -> str:
    return nh3.clean(
        html.replace("\x00", ""),
        tags=tags,
        clean_content_tags={"script", "style", "title", "xml"},
        attributes=attributes,
        url_schemes=LINK_SCHEMES,
        link_rel=None,
    )


def allowed_host(url: str, hosts: Collection[str]) -> str:
    """The host of an https address if it is one of `hosts` or under one of them; else nothing.

    What browsers and Python could read differently (a user, a port, a backslash, a blank) is not allowed at all.
    """
    if not url.isascii() or not url.isprintable() or set(url) & set('\\ <>"'):
        return ""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return ""
    if parts.scheme != "https" or port is not None or parts.netloc.lower() != host:
        return ""
    return host if any(host == one or host.endswith(f".{one}") for one in hosts) else ""


MOST_SVG = 400_000
SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
ELEMENTS = frozenset({
    "svg", "g", "defs", "path", "circle", "ellipse", "line", "polyline", "polygon", "rect", "text", "tspan",
    "clipPath", "mask", "pattern", "marker", "linearGradient", "radialGradient", "stop",
})  # fmt: skip
# `use` is not listed: a few nested copies of copies keep a phone busy for minutes.
ATTRIBUTES = frozenset({
    "class", "id", "d", "points", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "dx", "dy",
    "width", "height", "viewBox", "preserveAspectRatio", "transform", "pathLength", "rotate",
    "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin",
    "stroke-dasharray", "stroke-dashoffset", "stroke-miterlimit", "stroke-opacity", "opacity", "vector-effect",
    "clip-path", "clip-rule", "mask", "marker-start", "marker-mid", "marker-end", "markerWidth", "markerHeight",
    "markerUnits", "orient", "refX", "refY", "patternUnits", "patternContentUnits", "patternTransform",
    "gradientUnits", "gradientTransform", "clipPathUnits", "maskUnits", "maskContentUnits", "offset", "stop-color",
    "stop-opacity", "text-anchor", "dominant-baseline", "font-size", "font-style", "font-weight", "letter-spacing",
    "textLength", "href", "aria-hidden",
})  # fmt: skip
# A value is numbers, words, path letters, lists, functions of transforms, colors and references inside the drawing.
PLAIN_VALUE = re.compile(r"^[\w\s.,#%()+\-/:;]*$")
INNER_LINK = re.compile(r"^#[A-Za-z_][\w.-]*$")
INNER_URL = re.compile(r"^url\(\s*#([A-Za-z_][\w.-]*)\s*\)$")
NAME = re.compile(r"^[A-Za-z_][\w.-]*$")
VIEW_BOX = re.compile(r"^\s*-?[\d.]+[\s,]+-?[\d.]+[\s,]+[\d.]+[\s,]+[\d.]+\s*$")


class UnreadableDrawingError(ValueError):
    """The drawing cannot be taken; the message says what to do."""


def clean_svg(text: str, *, prefix: str) -> str:
    """The drawing as it may stand inside a page: listed elements and attributes alone, ids behind `prefix`.

    Refuses (UnreadableDrawingError) what is no SVG, has a DTD or entities, lacks a viewBox or is too large. Titles and
    descriptions inside are dropped: the figure's own stand in their place. So are style, script, events, and whatever
    points outside of the drawing.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MOST_SVG:
        raise UnreadableDrawingError(f"The drawing is larger than {MOST_SVG // 1000} kB; simplify its paths.")
    try:
        root = fromstring(text.strip(), forbid_dtd=True)
    except DefusedXmlException as error:
        raise UnreadableDrawingError("The drawing declares a DTD or entities; export it as plain SVG.") from error
    except (ElementTree.ParseError, ValueError) as error:
        raise UnreadableDrawingError(f"This is not readable as SVG: {error}.") from error
    if _local(root.tag) != "svg":
        raise UnreadableDrawingError("The drawing must begin with <svg>.")
    box = root.get("viewBox", "")
    if not VIEW_BOX.match(box):
        raise UnreadableDrawingError("The drawing needs a viewBox of four numbers, so that it can grow and shrink.")
    inner = "".join(_children(root, prefix))
    if not inner.strip():
        raise UnreadableDrawingError("Nothing is left of the drawing: it holds no shape that may be shown.")
    return f'<svg class="fig" viewBox="{escape(" ".join(box.replace(",", " ").split()))}">{inner}</svg>'


def _local(tag: object) -> str:
    """The element's name if it is SVG's (or has no namespace, as inside HTML), else nothing."""
    if not isinstance(tag, str):  # comments and processing instructions
        return ""
    if tag.startswith("{"):
        space, _brace, name = tag[1:].partition("}")
        return name if space == SVG else ""
    return tag


def _children(element: ElementTree.Element, prefix: str) -> Iterator[str]:
    words = _local(element.tag) in {"text", "tspan"}
    if words and element.text:
        yield escape(element.text, quote=False)
    for child in element:
        yield from _element(child, prefix)
        if words and child.tail:
            yield escape(child.tail, quote=False)


def _element(element: ElementTree.Element, prefix: str) -> Iterator[str]:
    name = _local(element.tag)
    if name not in ELEMENTS or name == "svg":
        return
    attributes = "".join(f' {key}="{escape(value)}"' for key, value in _attributes(element, name, prefix))
    inner = "".join(_children(element, prefix))
    yield f"<{name}{attributes}>{inner}</{name}>" if inner else f"<{name}{attributes}/>"


def _attributes(element: ElementTree.Element, name: str, prefix: str) -> Iterator[tuple[str, str]]:
    for raw_key, raw_value in element.attrib.items():
        key = "href" if raw_key == f"{{{XLINK}}}href" else raw_key
        value = raw_value.strip()
        if key not in ATTRIBUTES or not PLAIN_VALUE.match(value):
            continue
        if key == "href":
            if name in {"linearGradient", "radialGradient", "pattern"} and INNER_LINK.match(value):
                yield key, f"#{_behind(prefix, value[1:])}"
        elif key == "id":
            if NAME.match(value):
                yield key, _behind(prefix, value)
        elif "url" in value.lower():
            inside = INNER_URL.match(value)
            if inside:
                yield key, f"url(#{_behind(prefix, inside[1])})"
        else:
            yield key, value


def _behind(prefix: str, name: str) -> str:
    """`name` behind `prefix`, once: what is cleaned again stays as it is."""
    return name if name.startswith(prefix) else prefix + name
