"""Reads QTI 2.1, 2.2 and 3.0: one item, or a package with its manifest and tests.

QTI 3.0 writes `qti-choice-interaction` where 2.x writes `choiceInteraction`; all names are brought to the style of 2.x
first. A test tells the order of its items and, by its sections, their categories.
"""

import hashlib
import math
import posixpath
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from certification.quizzes.formats import safe_xml, scoring, shapes
from certification.quizzes.formats.base import (
    Collector,
    Part,
    ReadFile,
    ReadQuestion,
    RefusedError,
    UnreadableFileError,
    Unsupported,
    checked,
    decimal,
    key,
    number,
    words,
)
from certification.quizzes.formats.markup import BLOCKS, EMPHASIS, LINES, REFUSED, beside_marks, folded, moved
from certification.quizzes.formats.packages import Package, resolved
from certification.quizzes.wording import marked

SPACES = {
    "http://www.imsglobal.org/xsd/imsqti_v2p1": "2.1",
    "http://www.imsglobal.org/xsd/imsqti_v2p2": "2.2",
    "http://www.imsglobal.org/xsd/imsqtiasi_v3p0": "3.0",
}
ITEM_TYPE = re.compile(r"imsqti_item_xmlv(?:2p[12]|3p0)(?:p\d)?")
STIMULUS_TYPE = re.compile(r"imsqti_stimulus_xmlv(?:2p2|3p0)(?:p\d)?")
TEST_TYPE = re.compile(r"imsqti_test_xmlv(?:2p[12]|3p0)(?:p\d)?")
INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "contentBody",
        "dfn",
        "em",
        "i",
        "itemBody",
        "kbd",
        "label",
        "prompt",
        "samp",
        "small",
        "span",
        "stimulusBody",
        "strong",
        "tt",
        "u",
        "var",
        "simpleChoice",
        "simpleAssociableChoice",
        "inlineChoice",
        "modalFeedback",
        "feedbackInline",
    ]
)
SILENT = frozenset({"stylesheet", "companionMaterialsInfo", "catalogInfo"})
ALL_OR_NOTHING = "There all or nothing counts; here each part that is right earns its share."
INLINE_ASKED = ("textEntryInteraction", "inlineChoiceInteraction")


def read(data: bytes) -> ReadFile:
    """Read a QTI item or a package of items."""
    found = Collector()
    if data.startswith(b"PK"):
        _read_package(Package(data), found)
        return found.file()
    root = _parsed(data)
    if root.tag in ("assessmentTest", "manifest"):
        raise UnreadableFileError("This file only tells which items belong together; send the whole package as .zip.")
    if root.tag == "questestinterop":
        raise UnreadableFileError("This is QTI 1.2, which is not read; export QTI 2.1, 2.2 or 3.0.")
    if root.tag != "assessmentItem":
        raise UnreadableFileError(f"This is no QTI: it begins with <{words(root.tag, 40)}>.")
    _read_item(root, "", lambda _path: None, found)
    return found.file()


def _read_package(package: Package, found: Collector) -> None:
    source = package.read("imsmanifest.xml")
    if source is None:
        raise UnreadableFileError("The package has no imsmanifest.xml at its top.")
    items: list[str] = []
    placed: dict[str, str] = {}
    for resource in _parsed(source, manifest=True).iter("resource"):
        kind = resource.get("type", "")
        path = resolved("", unquote(resource.get("href", "")))
        if TEST_TYPE.fullmatch(kind) and path is not None:
            _read_test(package, path, placed, found)
        elif ITEM_TYPE.fullmatch(kind) and path is not None:
            items.append(path)
        elif kind.startswith("imsqti") and not STIMULUS_TYPE.fullmatch(kind):
            reason = (
                f"Resources of the type “{words(kind, 40)}” are not read." if path else "It leads out of the package."
            )
            found.refuse(0, resource.get("href", "") or resource.get("identifier", ""), reason)
    for path in dict.fromkeys([path for path in placed if path in set(items)] + items):
        data = package.read(path)
        if data is None:
            found.refuse(0, path, "The package does not hold this file.")
            continue
        try:
            root = _parsed(data)
        except UnreadableFileError as error:
            found.refuse(0, path, str(error))
            continue
        if root.tag != "assessmentItem":
            found.refuse(0, path, "It is no item.")
            continue
        _read_item(root, placed.get(path, ""), _files(package, path), found)


def _files(package: Package, item: str) -> Callable[[str], bytes | None]:
    """Give the files that an item tells of, by their paths from where it stands."""

    def file(path: str) -> bytes | None:
        name = resolved(posixpath.dirname(item), unquote(path))
        return package.read(name) if name else None

    return file


def _read_test(package: Package, path: str, placed: dict[str, str], found: Collector) -> None:
    """Note the category of each item that a test holds, in the test's order, and what sections say besides."""
    data = package.read(path)
    if data is None:
        raise UnreadableFileError(f"The package does not hold “{words(path)}”, of which it tells.")

    def follow(element: Element, above: tuple[str, ...]) -> None:
        if element.tag in ("assessmentTest", "assessmentSection"):
            title = words(element.get("title", ""), 200).replace("/", "//")
            above = (*above, title) if title else above
        for part in element:
            if part.tag == "assessmentItemRef":
                name = resolved(posixpath.dirname(path), unquote(part.get("href", "")))
                if name is not None:
                    placed.setdefault(name, "/".join(above))
            elif part.tag == "rubricBlock":
                reason = f"What a section says before its questions is not kept: “{words(safe_xml.text(part))}”."
                found.notes.append(Unsupported(safe_xml.line(part), "/".join(above), reason))
            else:
                follow(part, above)

    follow(_parsed(data), ())


def _parsed(data: bytes, *, manifest: bool = False) -> Element:
    """Give the root with names in the style of QTI 2; foreign parts keep their own, and nothing has a namespace."""
    root = safe_xml.parse(data)
    space = root.tag.rpartition("}")[0].lstrip("{")
    if not manifest and safe_xml.name(root.tag).endswith(("assessmentItem", "assessment-item")) and space not in SPACES:
        raise UnreadableFileError("Its version is not read; export QTI 2.1, 2.2 or 3.0.")
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        element.tag = _style(safe_xml.name(element.tag))
        for named, value in list(element.attrib.items()):
            plain = _style(safe_xml.name(named))
            if plain != named:
                del element.attrib[named]
                element.attrib.setdefault(plain, value)
    return root


def _style(name: str) -> str:
    """Bring a name of QTI 3 into the style of QTI 2."""
    first, *rest = name.removeprefix("qti-").split("-")
    return first + "".join(part.capitalize() for part in rest)


@dataclass(frozen=True, slots=True)
class _Declaration:
    """What an item declares of one response."""

    cardinality: str
    base: str
    correct: list[str]
    mapped: dict[str, Fraction] | None
    case: bool
    default: Fraction
    bounds: tuple[Fraction | None, Fraction | None]


@dataclass(slots=True)
class _Item:
    """One item on its way to a question."""

    root: Element
    file: Callable[[str], bytes | None]
    declared: dict[str, _Declaration]
    scored: scoring.Scoring
    pictures: dict[str, bytes] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def _read_item(root: Element, category: str, file: Callable[[str], bytes | None], found: Collector) -> None:
    title, line = root.get("title", ""), safe_xml.line(root)
    name = title or root.get("identifier", "")
    try:
        question, item = _question(root, category, file)
    except RefusedError as error:
        found.refuse(line, name, str(error))
    else:
        found.pictures |= item.pictures
        found.add(question, item.notes)


def _question(root: Element, category: str, file: Callable[[str], bytes | None]) -> tuple[ReadQuestion, _Item]:
    if root.get("adaptive", "false") in ("true", "1"):
        raise RefusedError("It changes with each try (adaptive).")
    if root.find("templateDeclaration") is not None or root.find("templateProcessing") is not None:
        raise RefusedError("Parts of it are drawn anew for each learner (templates).")
    body = root.find("itemBody")
    if body is None:
        raise RefusedError("It has no body.")
    declared = {d.get("identifier", ""): _declaration(d) for d in root.findall("responseDeclaration")}
    pieces = _flow(body)
    asked = [piece for piece in pieces if not isinstance(piece, str)]
    if not asked:
        raise RefusedError("It asks nothing: it has no interaction.")
    item = _Item(root, file, declared, scoring.of(root))
    for rubric in body.iter("rubricBlock"):
        item.notes.append(f"A note for others than learners is not kept: “{words(safe_xml.text(rubric))}”.")
    for named in [element.get("responseIdentifier", "") for element in asked]:
        if named not in declared:
            raise RefusedError(f"The response “{words(named, 40)}” is not declared.")
    stem, made, points = _made(item, pieces, asked)
    if not stem:
        raise RefusedError("The question has no text.")
    shared = root.findall("assessmentStimulusRef")
    stem = "\n\n".join([*(_stimulus(item, told) for told in shared), stem])
    _feedback(item, made)
    wording = ""
    if made[0] != "cloze":
        emphasised = _stem(_flow(body, marks=True), asked[0], marks=True)
        wording = "\n\n".join([*(_stimulus(item, told, marks=True) for told in shared), emphasised])
    question = ReadQuestion(
        code=" ".join(root.get("identifier", "").split()),
        title=checked(" ".join(root.get("title", "").split()), "title"),
        category=category,
        stem=checked(stem, "text"),
        kind=made[0],
        choices=made[1],
        content=made[2],
        points=points,
        line=safe_xml.line(root),
        wording=(wording, ""),
    )
    return question, item


def _stimulus(item: _Item, told: Element, *, marks: bool = False) -> str:
    """Give the text to which several items belong; each of them holds the whole of it."""
    data = item.file(told.get("href", ""))
    if data is None:
        raise RefusedError("It belongs to a text that is not in the file.")
    try:
        body = _parsed(data).find("stimulusBody")
    except UnreadableFileError as error:
        raise RefusedError(f"It belongs to a text that cannot be read. {error}") from error
    text = _text(body, marks=marks)
    if not text:
        raise RefusedError("It belongs to a text that is empty.")
    return text


def _declaration(element: Element) -> _Declaration:
    correct = [safe_xml.text(value) for value in element.iterfind("correctResponse/value")]
    mapping = element.find("mapping")
    mapped: dict[str, Fraction] | None = None
    cases: set[bool] = set()
    bounds: list[Fraction | None] = [None, None]
    default = Fraction(0)
    if mapping is not None:
        mapped = {}
        default = number(mapping.get("defaultValue", "0"))
        for n, bound in enumerate(("lowerBound", "upperBound")):
            if (given := mapping.get(bound)) is not None:
                bounds[n] = number(given)
        for entry in mapping.iterfind("mapEntry"):
            mapped[" ".join(entry.get("mapKey", "").split())] = number(entry.get("mappedValue", ""))
            cases.add(entry.get("caseSensitive", "true") in ("true", "1"))
        if len(cases) > 1:
            raise RefusedError("Case matters in some of its answers only.")
    if element.find("areaMapping") is not None:
        raise RefusedError("It maps areas of a picture to points.")
    return _Declaration(
        element.get("cardinality", "single"),
        element.get("baseType", ""),
        correct,
        mapped,
        cases != {False},
        default,
        (bounds[0], bounds[1]),
    )


# Text

Pieces = list[str | Element]


def _flow(element: Element, *, marks: bool = False) -> Pieces:
    """Give the text below an element, piece by piece, interactions among it; with `marks` what it emphasises stays so."""
    pieces: Pieces = []
    _walk(element, pieces, "", marks=marks)
    joined: Pieces = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


def _walk(element: Element, pieces: Pieces, move: str, *, marks: bool = False) -> None:
    tag = safe_xml.name(element.tag)
    if tag.endswith("Interaction"):
        pieces.append(element)
        return
    if (
        tag in SILENT
        or tag == "feedbackInline"
        or (tag == "rubricBlock" and "candidate" not in element.get("view", ""))
    ):
        return
    if tag in REFUSED:
        raise RefusedError(f"The text holds {REFUSED[tag]} (<{tag}>), which plain text cannot show.")
    if tag not in BLOCKS and tag not in LINES and tag not in INLINE and tag not in ("sub", "sup", "q", "rubricBlock"):
        raise RefusedError(f"The text holds <{words(tag, 40)}>, which is not understood.")
    move = tag if tag in ("sub", "sup") else move
    around = "\n\n" if tag in BLOCKS or tag == "rubricBlock" else ""
    # A list's lines begin with the sign of one where marks are kept.
    signs = {"q": ("“", "”"), "li": ("\n- " if marks else "\n– ", ""), "br": ("\n", "")}
    before, after = signs.get(tag, ("", ""))
    begun = len(pieces)
    pieces.append(around + before)
    pieces.append(_said(element.text, move, marks=marks))
    for part in element:
        if isinstance(part.tag, str):
            _walk(part, pieces, move, marks=marks)
        pieces.append(_said(part.tail, move, marks=marks))
    pieces.append(after + around)
    inside = [piece for piece in pieces[begun:] if isinstance(piece, str)]
    if marks and tag in EMPHASIS and len(inside) == len(pieces) - begun:
        pieces[begun:] = [marked(EMPHASIS[tag], "".join(inside))]


def _said(text: str | None, move: str, *, marks: bool = False) -> str:
    if not text:
        return ""
    if move and text.strip():
        return moved(text, move)
    text = re.sub(r"[ \t\r\n]+", " ", text)
    return beside_marks(text) if marks else text


def _text(element: Element | None, *, marks: bool = False) -> str:
    """Give the plain text of an element that holds no interaction; with `marks` what it emphasises stays so."""
    if element is None:
        return ""
    pieces = _flow(element, marks=marks)
    if any(not isinstance(piece, str) for piece in pieces):
        raise RefusedError("It asks something inside something asked.")
    return folded("".join(piece for piece in pieces if isinstance(piece, str)))


# Questions


def _made(item: _Item, pieces: Pieces, asked: Sequence[Element]) -> tuple[str, shapes.Made, str]:
    """Give what is asked, the parts of the question and its points."""
    inline = [element for element in asked if element.tag in INLINE_ASKED]
    if len(asked) > 1 and len(inline) < len(asked):
        raise RefusedError("It asks several things at once; make an item of each.")
    if len(inline) == len(asked) and (len(asked) > 1 or asked[0].tag == "inlineChoiceInteraction"):
        return _cloze(item, pieces, asked)
    element = asked[0]
    if element.tag not in READERS:
        raise RefusedError(f"Interactions of the type “{element.tag}” are not known here.")
    stem = _stem(pieces, element)
    made, points = READERS[element.tag](item, element)
    return stem, made, points


def _stem(pieces: Pieces, element: Element, *, marks: bool = False) -> str:
    """Give what is asked around the one thing that asks, and by its prompt."""
    if element.tag == "textEntryInteraction":
        return folded("".join(piece if isinstance(piece, str) else _blank(pieces) for piece in pieces))
    prompt = _text(element.find("prompt"), marks=marks)
    parts = [folded(piece) if isinstance(piece, str) else prompt for piece in pieces]
    return "\n\n".join(part for part in parts if part)


def _blank(pieces: Pieces) -> str:
    """Give a blank where words stand after it; at the end of the text none is needed."""
    after = next(n for n, piece in enumerate(pieces) if not isinstance(piece, str)) + 1
    return "_____" if any(piece.strip() for piece in pieces[after:] if isinstance(piece, str)) else ""


def _terms(item: _Item, named: str) -> dict[scoring.Term, Fraction]:
    """Give what a response earns by each of its terms, in points; refuse what is scored otherwise or not at all."""
    score = item.scored.score
    if score is None or not score.terms:
        raise RefusedError("It does not say how it is scored.")
    if score.constant:
        raise RefusedError("It gives points whatever is answered.")
    terms = {term: factor for term, factor in score.terms.items() if term.response == named}
    if not terms:
        raise RefusedError("It does not say how one of its responses is scored.")
    if set(scoring.responses(score)) - {e.get("responseIdentifier") for e in item.root.iter() if _asks(e)}:
        raise RefusedError("It scores a response that nothing asks for.")
    if len({term.how for term in terms}) > 1 or (len(terms) > 1 and next(iter(terms)).how in ("correct", "map")):
        raise RefusedError("It scores by several rules at once.")
    return terms


def _shares(item: _Item, named: str) -> tuple[dict[str, Fraction], scoring.Term, Fraction]:
    """Give what each value of a response earns, of the most that it can; the first term; and that most, in points.

    For a response that is compared with its right answer as a whole the values are that answer's.
    """
    declared, terms = item.declared[named], _terms(item, named)
    first, most = next(iter(terms)), _positive(max(terms.values()))
    if first.how == "correct":
        if not declared.correct:
            raise RefusedError("It declares no right answer.")
        return dict.fromkeys(declared.correct, Fraction(1)), first, most
    if first.how == "map":
        if not declared.mapped:
            raise RefusedError("It declares no mapping.")
        return dict(declared.mapped), first, most
    shares = {term.value: factor / most for term, factor in terms.items()}
    if len(shares) != len(terms):
        raise RefusedError("It compares its response with one value twice.")
    return shares, first, most


def _asks(element: Element) -> bool:
    return isinstance(element.tag, str) and element.tag.endswith("Interaction")


def _positive(value: Fraction) -> Fraction:
    if value <= 0:
        raise RefusedError("A right answer earns nothing.")
    return value


def _scaled(item: _Item, named: str) -> tuple[dict[str, Fraction], scoring.Term, Fraction]:
    """Give shares as `_shares` does, of one value each: the best one earns 1, and so many points."""
    shares, term, points = _shares(item, named)
    declared = item.declared[named]
    if term.how == "map":
        if declared.default > 0:
            raise RefusedError("Every other answer earns points.")
        best = _positive(max(shares.values()))
        if declared.bounds[1] is not None and declared.bounds[1] != best:
            raise RefusedError("Its mapping is cut above.")
        return {value: earned / best for value, earned in shares.items()}, term, points * best
    return shares, term, points


def _choices(element: Element, tag: str) -> dict[str, Element]:
    choices = {choice.get("identifier", ""): choice for choice in element.iter(tag)}
    if "" in choices or len(choices) != len(list(element.iter(tag))):
        raise RefusedError("Two of its choices have the same identifier, or one has none.")
    return choices


def _known(values: Sequence[str], choices: dict[str, Element]) -> None:
    for value in values:
        if value not in choices:
            raise RefusedError(f"Its right answer “{words(value, 40)}” is none of its choices.")


def _choice(item: _Item, element: Element) -> tuple[shapes.Made, str]:
    named = element.get("responseIdentifier", "")
    declared = item.declared[named]
    choices = _choices(element, "simpleChoice")
    if declared.cardinality == "single":
        shares, _term, points = _scaled(item, named)
        _known(list(shares), choices)
        rows = [
            (_text(choice), max(shares.get(name, Fraction(0)), Fraction(-1)), "") for name, choice in choices.items()
        ]
        return shapes.single(rows, item.notes), decimal(points)
    if declared.cardinality != "multiple":
        raise RefusedError(f"Its response is {words(declared.cardinality, 20)}, which choices are not.")
    shares, term, points = _shares(item, named)
    _known(list(shares), choices)
    if term.how == "correct":
        item.notes.append(ALL_OR_NOTHING)
        right = len(shares)
        rows = [(_text(c), Fraction(1 if n in shares else -1, right), "") for n, c in choices.items()]
        return shapes.multiple(rows), decimal(points)
    if term.how != "map":
        raise RefusedError("It compares several choices with one.")
    whole = _positive(sum((earned for earned in shares.values() if earned > 0), Fraction(0)))
    least, most = declared.bounds
    if (most is not None and most != whole) or (least is not None and least != 0) or declared.default > 0:
        raise RefusedError("Its mapping is cut elsewhere than at nothing and at all points.")
    rows = [(_text(c), shares.get(n, declared.default) / whole, "") for n, c in choices.items()]
    if any(earned < -1 for _text_, earned, _said_ in rows):
        raise RefusedError("A choice takes more away than all points.")
    return shapes.multiple(rows), decimal(points * whole)


def _order(item: _Item, element: Element) -> tuple[shapes.Made, str]:
    named = element.get("responseIdentifier", "")
    choices = _choices(element, "simpleChoice")
    _values, term, points = _shares(item, named)
    right = item.declared[named].correct
    if term.how != "correct" or item.declared[named].cardinality != "ordered":
        raise RefusedError("It scores its order by rules of its own.")
    _known(right, choices)
    if sorted(right) != sorted(choices):
        raise RefusedError("Its right order does not hold each of its choices once.")
    return shapes.ordering([_text(choices[name]) for name in right], "exact"), decimal(points)


def _pairs(item: _Item, named: str) -> tuple[list[tuple[str, str]], str]:
    """Give the right pairs of a response; each must earn the same."""
    shares, term, points = _shares(item, named)
    declared = item.declared[named]
    if term.how == "map":
        earned = {pair: share for pair, share in shares.items() if share > 0}
        if len(set(earned.values())) != 1 or any(share < 0 for share in shares.values()) or declared.default != 0:
            raise RefusedError("Its pairs earn different shares; here each earns the same.")
        whole = sum(earned.values(), Fraction(0))
        if declared.bounds[1] not in (None, whole) or declared.bounds[0] not in (None, Fraction(0)):
            raise RefusedError("Its mapping is cut elsewhere than at nothing and at all points.")
        points *= whole
        values = list(earned)
    elif term.how == "correct":
        item.notes.append(ALL_OR_NOTHING)
        values = list(shares)
    else:
        raise RefusedError("It scores its pairs by rules of its own.")
    pairs = [tuple(value.split()) for value in values]
    if any(len(pair) != 2 for pair in pairs):
        raise RefusedError("One of its right pairs is no pair.")
    return [(pair[0], pair[1]) for pair in pairs], decimal(points)


def _match(item: _Item, element: Element) -> tuple[shapes.Made, str]:
    named = element.get("responseIdentifier", "")
    sets = [_choices(part, "simpleAssociableChoice") for part in element.iterfind("simpleMatchSet")]
    if len(sets) != 2:
        raise RefusedError("It does not match two sets.")
    pairs, points = _pairs(item, named)
    _known([first for first, _second in pairs], sets[0])
    _known([second for _first, second in pairs], sets[1])
    if sorted(first for first, _second in pairs) != sorted(sets[0]):
        sets.reverse()
        pairs = [(second, first) for first, second in pairs]
        if sorted(first for first, _second in pairs) != sorted(sets[0]):
            raise RefusedError("None of its sets has exactly one match for each part.")
    texts = [{name: _text(choice) for name, choice in part.items()} for part in sets]
    right = dict(pairs)
    others = [text for name, text in texts[1].items() if name not in right.values()]
    return shapes.matching([(text, texts[1][right[name]]) for name, text in texts[0].items()], others), points


def _associate(item: _Item, element: Element) -> tuple[shapes.Made, str]:
    named = element.get("responseIdentifier", "")
    choices = _choices(element, "simpleAssociableChoice")
    pairs, points = _pairs(item, named)
    used = [name for pair in pairs for name in pair]
    _known(used, choices)
    if len(set(used)) != len(used):
        raise RefusedError("One of its parts belongs to two pairs.")
    item.notes.append("There any two may be paired; here one of each pair is given and the other chosen.")
    others = [_text(choice) for name, choice in choices.items() if name not in used]
    return shapes.matching([(_text(choices[a]), _text(choices[b])) for a, b in pairs], others), points


def _entry(item: _Item, element: Element) -> tuple[shapes.Made, str]:
    named = element.get("responseIdentifier", "")
    declared = item.declared[named]
    if declared.cardinality != "single":
        raise RefusedError(f"Its response is {words(declared.cardinality, 20)}, which a text is not.")
    if element.get("patternMask"):
        item.notes.append("The pattern to which answers must keep is not kept.")
    if declared.base in ("float", "integer"):
        return _number(item, named)
    if declared.base != "string":
        raise RefusedError(f"Its response is of the type “{words(declared.base, 20)}”, which a text is not.")
    shares, term, points = _scaled(item, named)
    cases = {declared.case} if term.how == "map" else {term.case for term in _terms(item, named)}
    if len(cases) > 1:
        raise RefusedError("Case matters in some of its answers only.")
    rows = [(value.replace("*", "\\*"), earned, "") for value, earned in shares.items()]
    return shapes.short(rows, item.notes, case=cases.pop()), decimal(points)


def _number(item: _Item, named: str) -> tuple[shapes.Made, str]:
    terms = _terms(item, named)
    if next(iter(terms)).how == "equal":
        points = _positive(max(terms.values()))
        spans = [_span(term, term.value, factor / points) for term, factor in terms.items()]
    else:
        shares, term, points = _scaled(item, named)
        spans = [_span(term, value, earned) for value, earned in shares.items()]
    return shapes.numeric(spans, item.notes), decimal(points)


def _span(term: scoring.Term, value: str, earned: Fraction) -> shapes.Span:
    exact = number(value)
    return exact, abs(exact) * term.tolerance / 100 if term.relative else term.tolerance, earned, ""


def _cloze(item: _Item, pieces: Pieces, asked: Sequence[Element]) -> tuple[str, shapes.Made, str]:
    if len({element.get("responseIdentifier") for element in asked}) != len(asked):
        raise RefusedError("Two of its gaps give one response.")
    gaps: list[tuple[shapes.Made, Fraction]] = []
    for place, element in enumerate(asked):
        if element.tag == "textEntryInteraction":
            made, points = _entry(item, element)
        else:
            shares, _term, most = _scaled(item, element.get("responseIdentifier", ""))
            choices = _choices(element, "inlineChoice")
            _known(list(shares), choices)
            rows = [(_text(choice), shares.get(name, Fraction(0)), "") for name, choice in choices.items()]
            made, points = ("select", shapes.select(rows, place, item.notes)["choices"], {}), decimal(most)
        gaps.append((made, number(points)))
    # Weights are whole: all are multiplied by what makes them so, and divided by what they share.
    whole = math.lcm(*(points.denominator for _made, points in gaps))
    weights = [int(points * whole) for _made, points in gaps]
    shared = math.gcd(*weights)
    text: list[str | shapes.Gap] = []
    rest = iter(zip(gaps, weights, strict=True))
    marked = folded("".join(piece if isinstance(piece, str) else "\ue000" for piece in pieces))
    if marked.count("\ue000") != len(gaps):
        raise RefusedError("The text holds signs of private use.")
    for n, piece in enumerate(marked.split("\ue000")):
        if n:
            (made, _points), weight = next(rest)
            text.append(shapes.Gap(made[0], weight // shared, made[1], made[2]))
        text.append(piece)
    stem, text = shapes.led(text, item.notes)
    return stem, shapes.cloze(text), decimal(sum((points for _made, points in gaps), Fraction(0)))


def _extended(item: _Item, element: Element) -> tuple[shapes.Made, str]:
    named = element.get("responseIdentifier", "")
    if item.scored.score is not None and named in scoring.responses(item.scored.score):
        declared = item.declared[named]
        if declared.correct or declared.mapped:
            raise RefusedError("It grades a long text by comparing it with a right one.")
    if item.declared[named].cardinality not in ("single", ""):
        raise RefusedError("It asks for several texts.")
    return shapes.essay(), "1"


def _hotspot(item: _Item, element: Element) -> tuple[shapes.Made, str]:
    named = element.get("responseIdentifier", "")
    declared = item.declared[named]
    shares, term, points = _shares(item, named)
    if term.how != "correct" or declared.cardinality not in ("single", "multiple"):
        raise RefusedError("It scores spots of a picture by rules of its own.")
    drawn = next((part for part in element if part.tag in ("object", "img")), None)
    if drawn is None:
        raise RefusedError("It has no picture.")
    width, height = (number(drawn.get(side, ""), "size of a picture") for side in ("width", "height"))
    if width <= 0 or height <= 0:
        raise RefusedError("Its picture has no size.")
    choices = _choices(element, "hotspotChoice")
    _known(list(shares), choices)
    circles = [_circle(choice, width, height) for choice in choices.values()]
    for n, (x, y, r) in enumerate(circles):
        if any((x - a) ** 2 + (y - b) ** 2 <= (r + c) ** 2 for a, b, c in circles[n + 1 :]):
            raise RefusedError("Two of its spots overlap.")
    data = item.file(drawn.get("data", "") or drawn.get("src", ""))
    if data is None:
        raise RefusedError("Its picture is not in the file.")
    several = declared.cardinality == "multiple"
    if several:
        item.notes.append(ALL_OR_NOTHING)
    digest = hashlib.sha256(data).hexdigest()
    spots: list[Part] = []
    for n, (name, (x, y, r)) in enumerate(zip(choices, circles, strict=True)):
        across, down = round(x * 1000 / width), round(y * 1000 / height)
        place = f"{round(x * 100 / width)} % from the left, {round(y * 100 / height)} % from the top"
        spots.append(
            {
                "key": key("spot", n, name),
                "x": across,
                "y": down,
                "r": max(round(r * 1000 / width), 1),
                "place": place,
                "correct": name in shares,
                "feedback": "",
            }
        )
    item.pictures[digest] = data
    return ("hotspot", [], {"picture": digest, "spots": spots, "several": several}), decimal(points)


def _circle(choice: Element, width: Fraction, height: Fraction) -> tuple[Fraction, Fraction, Fraction]:
    """Give the middle and radius of a spot, in the picture's own points."""
    if choice.get("shape") != "circle":
        raise RefusedError("One of its spots is no circle.")
    given = [number(part) for part in choice.get("coords", "").split(",")]
    if len(given) != 3 or given[2] <= 0 or not (0 <= given[0] <= width and 0 <= given[1] <= height):
        raise RefusedError("One of its spots lies outside its picture, or is nowhere.")
    return given[0], given[1], given[2]


READERS: dict[str, Callable[[_Item, Element], tuple[shapes.Made, str]]] = {
    "choiceInteraction": _choice,
    "orderInteraction": _order,
    "matchInteraction": _match,
    "associateInteraction": _associate,
    "textEntryInteraction": _entry,
    "extendedTextInteraction": _extended,
    "hotspotInteraction": _hotspot,
}


# Feedback


def _feedback(item: _Item, made: shapes.Made) -> None:
    """Put what is said to a choice, or to the right and to wrong ones, with the choices; note what has no place."""
    kind, choices, _content = made
    names = [c.get("identifier", "") for c in item.root.iter("simpleChoice")] if kind in ("single", "multiple") else []
    for feedback in [*item.root.iter("modalFeedback"), *item.root.iter("feedbackInline")]:
        said = _text(feedback) if feedback.tag == "modalFeedback" else _inside(feedback)
        if not said:
            continue
        outcome, value = feedback.get("outcomeIdentifier", ""), feedback.get("identifier", "")
        told: list[Part] = []
        if feedback.get("showHide", "show") == "show":
            if outcome in item.scored.echoed and value in names:
                told = [choices[names.index(value)]]
            elif (outcome, value) in item.scored.shown and kind == "single":
                right = item.scored.shown[outcome, value]
                told = [choice for choice in choices if choice["correct"] is right]
        for choice in told:
            choice["feedback"] = checked(f"{choice['feedback']}\n\n{said}", "feedback")
        if not told:
            item.notes.append(f"What is said to an answer of a sort is not kept: “{words(said)}”.")


def _inside(feedback: Element) -> str:
    """Give the text of feedback that stands inside a choice."""
    pieces: Pieces = [_said(feedback.text, "")]
    for part in feedback:
        _walk(part, pieces, "")
        pieces.append(_said(part.tail, ""))
    return folded("".join(piece for piece in pieces if isinstance(piece, str)))
