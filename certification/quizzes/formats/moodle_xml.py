"""Reads and writes Moodle XML, the format in which Moodle gives away questions whole.

Two things that Moodle cannot say stand in elements of our own, which it passes over: `useaccents` where accents do not
matter in short answers, and the `rubric` of an essay. A text is written as HTML where it is emphasised or shows a
picture, and as plain text else.
"""

import base64
import binascii
import hashlib
import html
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from urllib.parse import quote, unquote
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from certification.quizzes.formats import safe_xml, shapes
from certification.quizzes.formats.base import (
    MOST_BYTES,
    Collector,
    Part,
    ReadFile,
    ReadQuestion,
    RefusedError,
    UnreadableFileError,
    Unsupported,
    WrittenFile,
    checked,
    decimal,
    number,
    one_line,
    percent,
    share,
    words,
)
from certification.quizzes.formats.categories import from_path, to_path
from certification.quizzes.formats.embedded import accents_of, gaps_in, gaps_written
from certification.quizzes.formats.markup import plain, worded
from certification.quizzes.wording import MARKS, shown

FORMATS = {
    "html": "html",
    "moodle_auto_format": "moodle",
    "plain_text": "plain",
    "markdown": "markdown",
    "": "moodle",
}
LARGEST_FILE = 10 * 1024 * 1024
"""The largest picture or sheet inside a question, in bytes."""
GRADINGS = {"ABSOLUTE_POSITION": "place", "0": "place", "ALL_OR_NOTHING": "exact", "-1": "exact"}
OTHER_TYPES = {
    "description": "It only tells something and asks nothing.",
    "calculated": "Its numbers are drawn anew for each learner.",
    "calculatedsimple": "Its numbers are drawn anew for each learner.",
    "calculatedmulti": "Its numbers are drawn anew for each learner.",
    "ddmatch": "Its pairs may hold pictures and marked-up text; make it a “matching” question in Moodle first.",
    "ddimageortext": "It is asked on a picture, which Moodle may have made smaller than its places say; draw it anew here.",
    "ddmarker": "It is asked on a picture, anywhere on it; here one of several marks is chosen. Draw it anew.",
    "ddwtos": "It drags words into a text; make it a “cloze” question in Moodle first.",
    "gapselect": "It shares its choices among gaps; make it a “cloze” question in Moodle first.",
    "randomsamatch": "It draws its pairs from other questions.",
    "random": "It stands for a question drawn from others.",
    "multichoiceset": "It gives all points or none for several choices, which no kind here does.",
}
ON_PICTURES = {
    "hotspot": "Moodle’s markers are set anywhere on a picture; it has no place for the marks that are wrong.",
    "labelling": "Moodle makes a picture of more than 600 by 400 smaller, and its labels would stand elsewhere.",
}
MOST_PICTURES = MOST_BYTES // 2
"""So many bytes of pictures, in base64, leave room for the words of a file that can be read again."""
IMAGE = re.compile(r"<img\b[^>]{0,2000}>", re.IGNORECASE)
ACCENTS = "Accents do not matter in its answers here; in Moodle they do."
RUBRIC = "Moodle passes over its rubric."
EMPHASIS = "Its emphasis is not kept: it stands where HTML would bring it back otherwise."


def read(data: bytes) -> ReadFile:
    """Read a Moodle XML file."""
    root = safe_xml.parse(data)
    if root.tag != "quiz":
        raise UnreadableFileError(f"This is no Moodle XML: it begins with <{words(str(root.tag), 30)}>, not <quiz>.")
    found = Collector()
    category = ""
    for element in root.iter("question"):
        kind = element.get("type", "")
        if kind == "category":
            category = from_path(safe_xml.text(element, "category"))
            continue
        title = safe_xml.text(element, "name")
        notes: list[str] = []
        try:
            question = _question(element, kind, title, category, notes, found.pictures)
        except RefusedError as error:
            told = title or safe_xml.text(element, "questiontext") or kind
            found.refuse(safe_xml.line(element), told, str(error))
        else:
            found.add(question, notes)
    return found.file()


def _question(
    element: Element, kind: str, title: str, category: str, notes: list[str], pictures: dict[str, bytes]
) -> ReadQuestion:
    if kind in OTHER_TYPES:
        raise RefusedError(OTHER_TYPES[kind])
    if kind != "cloze" and kind not in READERS:
        raise RefusedError(f"Questions of the type “{words(kind, 40)}” are not known here.")
    picture, picture_says = _picture(element, kind, pictures)
    if kind == "cloze":
        asked, accents = element.find("questiontext"), _truth(element, "useaccents", True)
        stem, pieces = gaps_in(_source(asked), _form(asked), accents, notes)
        made, marks = shapes.cloze(pieces), ""
    else:
        stem, made = _text(element.find("questiontext")), READERS[kind](element, notes)
        marks = _worded(element.find("questiontext"))
    if not stem:
        raise RefusedError("The question has no text.")
    if safe_xml.text(element, "hint"):
        notes.append("Its hints for further tries are not kept.")
    for name in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"):
        said = _text(element.find(name))
        if said and not said.startswith("Your answer is "):
            notes.append(f"What is said to every answer of a sort is not kept: “{words(said)}”.")
    return ReadQuestion(
        code=safe_xml.text(element, "idnumber"),
        title=checked(title, "title"),
        category=category,
        stem=checked(stem, "text"),
        kind=made[0],
        choices=made[1],
        content=made[2],
        explanation=checked(_text(element.find("generalfeedback")), "explanation"),
        tags=tuple(dict.fromkeys(tag for tag in map(safe_xml.text, element.iterfind("tags/tag")) if tag)),
        points=decimal(number(safe_xml.text(element, "defaultgrade") or "1")),
        line=safe_xml.line(element),
        wording=(marks, _worded(element.find("generalfeedback"))),
        picture=picture,
        picture_says=checked(picture_says, "description of the picture"),
    )


def _picture(element: Element, kind: str, pictures: dict[str, bytes]) -> tuple[str, str]:
    """Take the one picture that stands in the question's text out of it: its digest and what is said of it.

    Refuses a question with other files, since its text without them is not the question; says what they are.
    """
    files = [file for file in element.iter("file") if safe_xml.text(file)]
    for file in files:
        called = words(file.get("name", ""), 40)
        if file.get("encoding", "base64") != "base64":
            raise RefusedError(f"The file “{called}” is not in base64.")
        source = "".join(file.itertext())
        if len(source) > LARGEST_FILE * 4 // 3:
            raise RefusedError(f"The file “{called}” is larger than {LARGEST_FILE // 1024 // 1024} MB.")
        try:
            data = binascii.a2b_base64("".join(source.split()), strict_mode=True)
        except binascii.Error as error:
            raise RefusedError(f"The file “{called}” is broken.") from error
    if not files:
        return "", ""
    text = element.find("questiontext/text")
    shown = IMAGE.findall(text.text or "") if text is not None else []
    names = {unquote(address) for address in re.findall(r"@@PLUGINFILE@@/([^\"'?\s>]+)", "".join(shown))}
    if kind == "cloze" or len(files) > 1 or len(shown) != 1 or names != {files[0].get("name", "")} or text is None:
        raise RefusedError(
            f"It shows files (“{words(files[0].get('name', ''), 40)}”); one picture in the question’s text can come in."
        )
    text.text = IMAGE.sub(" ", text.text or "")
    said = re.search(r"\balt\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", shown[0], re.IGNORECASE)
    digest = hashlib.sha256(data).hexdigest()
    pictures[digest] = data
    return digest, html.unescape(said[1] or said[2] or "") if said else ""


def _form(element: Element | None) -> str:
    named = element.get("format", "") if element is not None else ""
    if named not in FORMATS:
        raise RefusedError(f"The format “{words(named, 30)}” of a text is not known.")
    return FORMATS[named]


def _source(element: Element | None) -> str:
    """Give a text as it stands; old files have it without <text> around."""
    if element is None:
        return ""
    inner = element.find("text")
    return "".join(inner.itertext()) if inner is not None else element.text or ""


def _text(element: Element | None) -> str:
    return plain(_source(element), _form(element))


def _worded(element: Element | None) -> str:
    return worded(_source(element), _form(element))


def _fraction(answer: Element) -> Fraction:
    return share(answer.get("fraction", "0"))


def _truth(element: Element, name: str, otherwise: bool) -> bool:
    found = safe_xml.text(element, name).lower()
    if found not in ("", "0", "1", "true", "false"):
        raise RefusedError(f"<{name}> is neither true nor false.")
    return found in ("1", "true") if found else otherwise


def _multichoice(element: Element, notes: list[str]) -> shapes.Made:
    rows = [(_text(a), _fraction(a), _text(a.find("feedback"))) for a in element.iterfind("answer")]
    return shapes.single(rows, notes) if _truth(element, "single", True) else shapes.multiple(rows)


def _true_false(element: Element, notes: list[str]) -> shapes.Made:
    answers = {_source(a).strip().lower(): a for a in element.iterfind("answer")}
    if set(answers) != {"true", "false"}:
        raise RefusedError("Its answers are not “true” and “false”.")
    shares = {name: _fraction(answer) for name, answer in answers.items()}
    if sorted(shares.values()) != [0, 1]:
        raise RefusedError("Not exactly one of “true” and “false” earns all points.")
    said = {name: _text(answer.find("feedback")) for name, answer in answers.items()}
    return shapes.true_false(shares["true"] == 1, said["true"], said["false"])


def _short(element: Element, notes: list[str]) -> shapes.Made:
    rows = [(_source(a), _fraction(a), _text(a.find("feedback"))) for a in element.iterfind("answer")]
    return shapes.short(
        rows, notes, case=_truth(element, "usecase", False), accents=_truth(element, "useaccents", True)
    )


def _numerical(element: Element, notes: list[str]) -> shapes.Made:
    spans: list[shapes.Span] = []
    for answer in element.iterfind("answer"):
        value, earned, said = _source(answer).strip(), _fraction(answer), _text(answer.find("feedback"))
        if value == "*" and earned == 0:
            if said:
                notes.append(f"What is said to every other answer is not kept: “{words(said)}”.")
            continue
        if safe_xml.text(answer, "tolerancetype") not in ("", "2"):
            raise RefusedError("Its tolerance is no plain difference.")
        tolerance = number(safe_xml.text(answer, "tolerance") or "0", "tolerance")
        spans.append((number(value), tolerance, earned, said))
    return shapes.numeric(spans, notes, _unit(element))


def _unit(element: Element) -> Part | None:
    """Read units: `multiplier` tells how many of a unit are one of the first, by which the answers are told."""
    units = []
    for unit in element.iterfind("units/unit"):
        named, multiplier = safe_xml.text(unit, "unit_name"), number(safe_xml.text(unit, "multiplier") or "1")
        if not named or multiplier <= 0:
            raise RefusedError("One of its units has no name, or is nothing of another.")
        units.append((named, multiplier))
    graded = safe_xml.text(element, "unitgradingtype") or "0"
    penalty = number(safe_xml.text(element, "unitpenalty") or "0")
    if not units:
        return None
    if graded not in ("0", "1", "2") or (graded != "0" and penalty != 1):
        raise RefusedError("A missing unit costs a part of the points; here it costs all of them or nothing.")
    base = next((named for named, multiplier in units if multiplier == 1), "")
    if not base:
        raise RefusedError("None of its units is the one by which its answers are told (multiplier 1).")
    others = [{"name": named, "factor": decimal(1 / m)} for named, m in units if named != base]
    return {"name": base, "required": graded != "0", "others": others}


def _matching(element: Element, notes: list[str]) -> shapes.Made:
    pairs: list[tuple[str, str]] = []
    others: list[str] = []
    for pair in element.iterfind("subquestion"):
        prompt, match = _text(pair), _source(pair.find("answer"))
        if prompt:
            pairs.append((prompt, match))
        else:
            others.append(match)
    return shapes.matching(pairs, others)


def _ordering(element: Element, notes: list[str]) -> shapes.Made:
    grading = safe_xml.text(element, "gradingtype").upper()
    if grading not in GRADINGS:
        raise RefusedError(
            "It is graded by what stands beside what; here each item counts at its own place, or all do."
        )
    if safe_xml.text(element, "selecttype").upper() not in ("", "0", "ALL"):
        raise RefusedError("It asks some of its items only.")
    answers = element.findall("answer")
    places = [number(answer.get("fraction", "0")) for answer in answers]
    if any(places) and places != sorted(set(places)):
        raise RefusedError("Its items do not stand in their order.")
    return shapes.ordering([_text(answer) for answer in answers], GRADINGS[grading])


def _essay(element: Element, notes: list[str]) -> shapes.Made:
    if safe_xml.text(element, "attachmentsrequired") not in ("", "0"):
        raise RefusedError("It wants files from the learner.")
    if safe_xml.text(element, "responseformat") == "noinline":
        raise RefusedError("It wants files from the learner and no text.")
    rubric = [_criterion(criterion) for criterion in element.iterfind("rubric/criterion")]
    for name, what in (("graderinfo", "those who mark"), ("responsetemplate", "the learner to begin with")):
        said = _text(element.find(name))
        if said and not rubric:
            notes.append(f"What it holds for {what} is not kept: “{words(said)}”.")
    least, most = (_words(element, name) for name in ("minwordlimit", "maxwordlimit"))
    return shapes.essay(rubric, least, most)


def _words(element: Element, name: str) -> int:
    found = safe_xml.text(element, name) or "0"
    if not found.isascii() or not found.isdigit() or len(found) > 6:
        raise RefusedError(f"<{name}> is no number of words.")
    return int(found)


def _criterion(element: Element) -> tuple[str, int, list[tuple[int, str]]]:
    levels = [(_points(level), _source(level)) for level in element.iterfind("level")]
    return _source(element.find("title")), _points(element), levels


def _points(element: Element) -> int:
    found = element.get("points", "")
    if not found.isascii() or not found.isdigit() or len(found) > 6:
        raise RefusedError("A part of its rubric has no points.")
    return int(found)


READERS = {
    "multichoice": _multichoice,
    "truefalse": _true_false,
    "shortanswer": _short,
    "numerical": _numerical,
    "matching": _matching,
    "ordering": _ordering,
    "essay": _essay,
}


# Writing

TYPES = {
    "single": "multichoice",
    "multiple": "multichoice",
    "true_false": "truefalse",
    "short": "shortanswer",
    "numeric": "numerical",
    "matching": "matching",
    "ordering": "ordering",
    "cloze": "cloze",
    "essay": "essay",
}


def write(questions: Sequence[ReadQuestion], pictures: Mapping[str, bytes] | None = None) -> WrittenFile:
    """Write questions as Moodle XML, with their pictures (by SHA-256) inside; those that it cannot hold are listed."""
    quiz = Element("quiz")
    unsupported: list[Unsupported] = []
    notes: list[Unsupported] = []
    category, room = "", MOST_PICTURES
    for given in questions:
        name = given.title or words(given.stem)
        said: list[str] = []
        try:
            question = shapes.rekeyed(given)
            picture = _shown_picture(question, pictures or {}, room)
            element = _element(question, picture, said)
        except RefusedError as error:
            unsupported.append(Unsupported(given.line, name, str(error)))
            continue
        room -= len(picture)
        if question.category != category:
            category = question.category
            _texted(SubElement(SubElement(quiz, "question", type="category"), "category"), to_path(category))
        quiz.append(element)
        if _without_accents(question.content):
            said.append(ACCENTS)
        if question.content.get("rubric"):
            said.append(RUBRIC)
        notes += [Unsupported(given.line, name, reason) for reason in dict.fromkeys(said)]
    indent(quiz)
    return WrittenFile(tostring(quiz, encoding="utf-8", xml_declaration=True) + b"\n", unsupported, notes)


def _shown_picture(question: ReadQuestion, pictures: Mapping[str, bytes], room: int) -> str:
    """The picture beside a question's words in base64; empty where it has none."""
    if not question.picture:
        return ""
    if question.kind == "cloze":
        raise RefusedError("It shows a picture beside a text with gaps, which could not come back.")
    if question.picture not in pictures:
        raise RefusedError("It shows a picture, which is not at hand.")
    told = base64.b64encode(pictures[question.picture]).decode()
    if len(told) > room:
        raise RefusedError("With its picture the file would be too large to be read again; part the bank.")
    return told


def _without_accents(content: Part) -> bool:
    return any(part.get("accents") is False for part in [content, *content.get("gaps", [])])


def _element(question: ReadQuestion, picture: str, notes: list[str]) -> Element:
    if question.kind not in TYPES:
        otherwise = f"Moodle XML has no questions of the kind “{question.kind}”."
        raise RefusedError(ON_PICTURES.get(question.kind, otherwise))
    _refuse_signs(question)
    if not question.stem:
        raise RefusedError("The question has no text.")
    element = Element("question", type=TYPES[question.kind])
    _texted(SubElement(element, "name"), question.title)
    if question.kind == "cloze":
        _formed(element, "questiontext", gaps_written(question))
    else:
        _asked(element, question, picture, notes)
    _emphasised(element, "generalfeedback", question.explanation, question.wording[1], notes)
    if question.kind != "cloze" or question.points != "1":
        SubElement(element, "defaultgrade").text = question.points
    SubElement(element, "idnumber").text = question.code
    _write_parts(element, question)
    if question.tags:
        tags = SubElement(element, "tags")
        for tag in question.tags:
            _texted(SubElement(tags, "tag"), tag)
    return element


def _refuse_signs(value: object) -> None:
    """Refuse signs that XML cannot hold, wherever they stand."""
    if isinstance(value, ReadQuestion):
        for part in (value.code, value.title, value.category, value.stem, value.explanation, value.tags):
            _refuse_signs(part)
        _refuse_signs(value.choices)
        _refuse_signs(value.content)
    elif isinstance(value, str):
        if re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", value):
            raise RefusedError("It holds a sign that XML cannot hold.")
    elif isinstance(value, dict):
        for part in value.values():
            _refuse_signs(part)
    elif isinstance(value, list | tuple):
        for part in value:
            _refuse_signs(part)


def _texted(element: Element, text: str) -> Element:
    SubElement(element, "text").text = text
    return element


def _formed(parent: Element, name: str, text: str) -> Element:
    return _texted(SubElement(parent, name, format="plain_text"), text)


def _emphasised(parent: Element, name: str, text: str, marks: str, notes: list[str]) -> Element:
    """A text with its emphasis as HTML, where that brings both back as they are; else plain."""
    told = shown(marks)
    if any(f"<{tag}>" in told for tag in MARKS.values()):
        if plain(told, "html") == text and worded(told, "html") == marks:
            return _texted(SubElement(parent, name, format="html"), told)
        notes.append(EMPHASIS)
    return _formed(parent, name, text)


def _asked(parent: Element, question: ReadQuestion, picture: str, notes: list[str]) -> None:
    """What a question asks, with the picture beside its words."""
    element = _emphasised(parent, "questiontext", question.stem, question.wording[0], notes)
    if not picture:
        return
    inside = element.find("text")
    assert inside is not None  # a formed text has one
    if element.get("format") != "html":
        paragraphs = html.escape(question.stem, quote=False).split("\n\n")
        inside.text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs).replace("\n", "<br>")
        if plain(inside.text, "html") != question.stem:
            raise RefusedError("Its text has spaces that would not come back from a file with its picture.")
        element.set("format", "html")
    drawn = base64.b64decode(picture[:400]).lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
    name = f"{question.picture[:16]}.{'svg' if drawn else 'png'}"
    says = html.escape(one_line(question.picture_says))
    inside.text = f'{inside.text}<p><img src="@@PLUGINFILE@@/{quote(name)}" alt="{says}"></p>'
    SubElement(element, "file", name=name, path="/", encoding="base64").text = picture


def _answer(parent: Element, text: str, fraction: str, said: str, form: str = "plain_text") -> Element:
    answer = _texted(SubElement(parent, "answer", fraction=fraction, format=form), text)
    _formed(answer, "feedback", said)
    return answer


def _write_parts(element: Element, question: ReadQuestion) -> None:
    content = question.content
    match question.kind:
        case "single" | "multiple":
            SubElement(element, "single").text = "true" if question.kind == "single" else "false"
            SubElement(element, "shuffleanswers").text = "true"
            for text, earned, said in shapes.rows_of(question):
                _answer(element, text, percent(earned), said)
        case "true_false":
            for choice in question.choices:
                _answer(element, choice["key"], "100" if choice["correct"] else "0", choice["feedback"])
        case "short":
            SubElement(element, "usecase").text = "1" if content.get("case") else "0"
            _write_accents(element, content.get("accents", False))
            for text, earned, said in shapes.answers_of(content):
                _answer(element, text, percent(earned), said)
        case "numeric":
            for value, tolerance, earned, said in shapes.spans_of(content):
                answer = _answer(element, decimal(value), percent(earned), said)
                SubElement(answer, "tolerance").text = decimal(tolerance)
            _write_unit(element, content.get("unit"))
        case "matching":
            SubElement(element, "shuffleanswers").text = "true"
            pairs, others = shapes.pairs_of(content)
            for prompt, match in [*pairs, *(("", other) for other in others)]:
                _texted(SubElement(_formed(element, "subquestion", prompt), "answer"), match)
        case "ordering":
            SubElement(element, "layouttype").text = "VERTICAL"
            SubElement(element, "selecttype").text = "ALL"
            SubElement(element, "selectcount").text = "0"
            grading = "ABSOLUTE_POSITION" if content["grading"] == "place" else "ALL_OR_NOTHING"
            SubElement(element, "gradingtype").text = grading
            for place, item in enumerate(content["items"], 1):
                _answer(element, item["text"], str(place), "")
        case "cloze":
            _write_accents(element, accents_of(content))
        case "essay":
            SubElement(element, "responseformat").text = "plain"
            for name, bound in (("minwordlimit", content["least_words"]), ("maxwordlimit", content["most_words"])):
                if bound:
                    SubElement(element, name).text = str(bound)
            _write_rubric(element, content)


def _write_accents(element: Element, accents: bool) -> None:
    if not accents:
        SubElement(element, "useaccents").text = "0"


def _write_unit(element: Element, unit: Part | None) -> None:
    if not unit:
        return
    units = SubElement(element, "units")
    for named, factor in [(unit["name"], "1"), *((other["name"], other["factor"]) for other in unit["others"])]:
        listed = SubElement(units, "unit")
        SubElement(listed, "multiplier").text = decimal(1 / number(factor))
        SubElement(listed, "unit_name").text = one_line(named)
    SubElement(element, "unitgradingtype").text = "1" if unit.get("required") else "0"
    SubElement(element, "unitpenalty").text = "1"


def _write_rubric(element: Element, content: Part) -> None:
    if not content["rubric"]:
        return
    listed = SubElement(element, "rubric")
    for title, points, levels in shapes.rubric_of(content):
        criterion = SubElement(listed, "criterion", points=str(points))
        _texted(SubElement(criterion, "title"), title)
        for worth, text in levels:
            _texted(SubElement(criterion, "level", points=str(worth)), text)
