"""Reads XML that strangers sent: no entities of their own, nothing fetched, no depth without end, each line known."""

from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from certification.quizzes.formats.base import UnreadableFileError, one_line, refuse_large

DEEPEST = 100
MOST_ELEMENTS = 300_000
LINE = "@line"
"""The attribute that holds an element's line; no file can hold one of this name."""


class _Builder(TreeBuilder):
    """Builds the tree, writes lines down and refuses what is nested without end."""

    parser: DefusedXMLParser
    depth = 0
    count = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self.depth += 1
        self.count += 1
        if self.count > MOST_ELEMENTS:
            raise UnreadableFileError(f"The file has more than {MOST_ELEMENTS:,} parts; part it.")
        if self.depth > DEEPEST:
            raise UnreadableFileError(f"The file nests its parts deeper than {DEEPEST}.")
        element = super().start(tag, attrs)
        element.set(LINE, str(self.parser.parser.CurrentLineNumber))
        return element

    def end(self, tag: str, /) -> Element:
        self.depth -= 1
        return super().end(tag)


def parse(data: bytes) -> Element:
    """Give the root of an XML file, its names without namespaces; refuse (UnreadableFileError) what is not safe."""
    refuse_large(data)
    builder = _Builder()
    builder.parser = DefusedXMLParser(target=builder)
    try:
        builder.parser.feed(data)
        root = builder.parser.close()
    except DefusedXmlException as error:
        raise UnreadableFileError(
            "The file declares entities of its own, which nobody needs and which do harm."
        ) from error
    except ParseError as error:
        line, column = error.position
        raise UnreadableFileError(f"The file is no XML: line {line}, sign {column + 1}.") from error
    except (LookupError, ValueError) as error:
        if isinstance(error, UnreadableFileError):
            raise
        raise UnreadableFileError("The file is in an encoding that is not known.") from error
    return root


def line(element: Element) -> int:
    """Give the line on which an element begins."""
    return int(element.get(LINE, "0"))


def name(tag: object) -> str:
    """Give the name of an element without its namespace; comments have none."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def text(element: Element | None, path: str = "") -> str:
    """Give the text of an element, or of the one at a path below, on one line; nothing if there is none."""
    found = element.find(path) if element is not None and path else element
    return one_line("".join(found.itertext())) if found is not None else ""
