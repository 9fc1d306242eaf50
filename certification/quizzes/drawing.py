"""Which drawings may stand inside a page as they are: the strict check of one that was cleaned before. Pure.

The catalog cleans its figures by dropping what is not listed; here nothing is dropped, and what is not listed is
refused. Nothing that an XML and an HTML parser could read differently passes.
"""

import re
import xml.etree.ElementTree as ElementTree

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

MOST = 400_000
SPACE = "{http://www.w3.org/2000/svg}"
ELEMENTS = frozenset({
    "svg", "g", "defs", "path", "circle", "ellipse", "line", "polyline", "polygon", "rect", "text", "tspan",
    "clipPath", "mask", "pattern", "marker", "linearGradient", "radialGradient", "stop",
})  # fmt: skip
ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
VALUE = re.compile(r"[\w\s.,#%()+\-/:;]*")
INNER = re.compile(r"#[A-Za-z_][\w.-]*")
BOX = re.compile(r"-?[\d.]+ -?[\d.]+ ([\d.]+) ([\d.]+)")


class UnsafeDrawingError(ValueError):
    """The drawing may not stand in a page; the message says why."""


def measures(text: str) -> tuple[int, int]:
    """Give the drawing's width and height, in whole units of its viewBox; refuse one that may not stand in a page."""
    if len(text.encode("utf-8", "surrogatepass")) > MOST:
        raise UnsafeDrawingError(f"it is larger than {MOST // 1000} kB")
    if "<!" in text or "<?" in text:
        raise UnsafeDrawingError("it has comments, instructions, a DTD or CDATA")
    try:
        root = fromstring(text, forbid_dtd=True)
    except (DefusedXmlException, ElementTree.ParseError, ValueError) as error:
        raise UnsafeDrawingError("it cannot be read as SVG") from error
    if root.tag.removeprefix(SPACE) != "svg":
        raise UnsafeDrawingError("it does not begin with <svg>")
    box = BOX.fullmatch(root.get("viewBox", ""))
    try:
        width, height = (round(float(side)) for side in box.groups()) if box else (0, 0)
    except ValueError:
        width = height = 0
    if width < 1 or height < 1:
        raise UnsafeDrawingError("it has no viewBox of four numbers")
    for element in root.iter():
        _check(element, inside=element is not root)
    return width, height


TAG = re.compile(r"<[A-Za-z][^>]*>")
NAMED = re.compile(r"""\s(id|class)\s*=\s*(["'])(.*?)\2""")
LINK = re.compile(r"""(url\(\s*#|\shref\s*=\s*["']#)([A-Za-z_][\w.-]*)""", re.IGNORECASE)
LOOKS = re.compile(r"fig|f-[a-z0-9]+")
"""The classes that our pages draw."""


def unnamed(text: str, prefix: str) -> str:
    """Give a drawing that `measures` took without the names that its author gave to parts: who reads a page's source
    would find the right one by them.

    A page may hold the same drawing twice, and what one of them points at is found in the first: each gets a `prefix` of
    its own, or colors and cuts of the shown one would be gone where the first is hidden.

    What the drawing refers to itself is numbered behind `prefix`; all other ids go, and so do classes that no page of
    ours draws.
    """
    numbers: dict[str, str] = {}
    for tag in TAG.findall(text):
        for _before, name in LINK.findall(tag):
            numbers.setdefault(name, f"{prefix}{len(numbers)}")

    def without(found: re.Match[str]) -> str:
        kind, value = found[1], found[3].strip()
        if kind == "id":
            return f' id="{numbers[value]}"' if value in numbers else ""
        kept = " ".join(word for word in value.split() if LOOKS.fullmatch(word))
        return f' class="{kept}"' if kept else ""

    def bare(found: re.Match[str]) -> str:
        tag = NAMED.sub(without, found[0])
        return LINK.sub(lambda link: link[1] + numbers[link[2]], tag)

    return TAG.sub(bare, text)


def _check(element: ElementTree.Element, *, inside: bool) -> None:
    name = str(element.tag).removeprefix(SPACE)
    if name not in ELEMENTS or (inside and name == "svg"):
        raise UnsafeDrawingError(f"it holds <{name}>")
    for key, value in element.attrib.items():
        lower = key.lower()
        if not ATTRIBUTE.fullmatch(key) or lower.startswith("on") or lower == "style":
            raise UnsafeDrawingError(f"it has the attribute “{key}”")
        links = re.findall(r"url\(\s*([^)]*)", value, re.IGNORECASE) if lower != "href" else [value]
        if not VALUE.fullmatch(value) or not all(INNER.fullmatch(link.strip()) for link in links):
            raise UnsafeDrawingError(f"its attribute “{key}” leads elsewhere or cannot be read")
