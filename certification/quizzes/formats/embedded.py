r"""Moodle's gaps inside a text, as `{1:MULTICHOICE:=right#well done~wrong}`: how much a gap weighs, its type, its answers.

In an answer `\` takes their meaning away from `~ # } / "`, and HTML entities count, whatever the format of the text.
"""

import html
import re
from collections.abc import Iterator
from fractions import Fraction

from certification.quizzes.formats import shapes
from certification.quizzes.formats.base import (
    Part,
    ReadQuestion,
    RefusedError,
    clean,
    decimal,
    number,
    percent,
    share,
    words,
)
from certification.quizzes.formats.markup import plain

START = re.compile(r"\{([0-9]*):([A-Z]+(?:_[A-Z]+)?):")
TYPES = {
    **dict.fromkeys(["MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH"], "select"),
    **dict.fromkeys(["MULTICHOICE_S", "MCS", "MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS"], "select"),
    **dict.fromkeys(["SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC"], "short"),
    **dict.fromkeys(["NUMERICAL", "NM"], "numeric"),
}
WITH_CASE = frozenset({"SHORTANSWER_C", "SAC", "MWC"})
SEVERAL = re.compile(r"MULTIRESPONSE|MR")
END = re.compile(r"\\.|&#|[~#}]", re.DOTALL)
ANSWER = re.compile(r"(=|%(-?[0-9]+(?:\.[0-9]*)?)%)?(.*)", re.DOTALL)
MARK = re.compile("\ue000([0-9]+)\ue001")
ESCAPES = str.maketrans({sign: f"&#{ord(sign)};" for sign in "&<>\"'\\{}~#=%/\n\t[]"})


def gaps_in(source: str, form: str, accents: bool, notes: list[str]) -> tuple[str, list[str | shapes.Gap]]:
    """Give what is asked, and the text piece by piece with its gaps, from a text in this format."""
    if "\ue000" in source or "\ue001" in source:
        raise RefusedError("The text holds signs of private use.")
    gaps: list[shapes.Gap] = []
    parts: list[str] = []
    at = 0
    while found := START.search(source, at):
        answers, end = _answers(source, found.end())
        parts += [source[at : found.start()], f"\ue000{len(gaps)}\ue001"]
        gaps.append(_gap(found[1], found[2], answers, form, len(gaps), accents, notes))
        at = end
    pieces: list[str | shapes.Gap] = []
    for n, piece in enumerate(MARK.split(plain("".join(parts) + source[at:], form))):
        pieces.append(gaps[int(piece)] if n % 2 else piece)
    return shapes.led(pieces, notes)


def _answers(source: str, at: int) -> tuple[list[tuple[str, str]], int]:
    """Give the answers of a gap, each with what is said to it, and where the gap ends."""
    answers: list[tuple[str, str]] = []
    parts = [""]
    while found := END.search(source, at):
        sign = found[0]
        parts[-1] += source[at : found.start()]
        at = found.end()
        if sign == "#" and len(parts) == 1:
            parts.append("")
        elif sign in ("~", "}"):
            answers.append((parts[0], parts[1] if len(parts) > 1 else ""))
            parts = [""]
            if sign == "}":
                return answers, at
        else:
            parts[-1] += f"&#{ord(sign[1])};" if sign[0] == "\\" and sign[1] in '~#}/"\\' else sign
    raise RefusedError("A gap has no closing brace.")


def _gap(
    weight: str, named: str, answers: list[tuple[str, str]], form: str, place: int, accents: bool, notes: list[str]
) -> shapes.Gap:
    if named not in TYPES:
        if SEVERAL.match(named):
            raise RefusedError("A gap asks for several choices; here a gap has one.")
        raise RefusedError(f"A gap of the type “{words(named, 30)}” is not known.")
    if len(weight) > 6:
        raise RefusedError("A gap weighs too much.")
    kind, heavy = TYPES[named], int(weight or "1")
    rows = []
    for answer, said in answers:
        told = ANSWER.fullmatch(answer.strip())
        assert told is not None
        earned = share(told[2]) if told[2] else Fraction(1 if told[1] else 0)
        inside = plain(told[3], "html") if kind == "select" and form != "plain" else html.unescape(told[3])
        rows.append((clean(inside), earned, _said(said, form)))
    if kind == "select":
        return shapes.Gap(kind, heavy, shapes.select(rows, place, notes)["choices"])
    if kind == "short":
        made = shapes.short(rows, notes, case=named in WITH_CASE, accents=accents)
        return shapes.Gap(kind, heavy, [], made[2])
    return shapes.Gap(kind, heavy, [], shapes.numeric(list(_spans(rows, notes)), notes)[2])


def _said(said: str, form: str) -> str:
    return clean(html.unescape(said)) if form == "plain" else plain(said, "html")


def _spans(rows: list[shapes.Row], notes: list[str]) -> Iterator[shapes.Span]:
    for text, earned, said in rows:
        if text == "*" and earned == 0:
            if said:
                notes.append(f"What is said to every other answer is not kept: “{words(said)}”.")
            continue
        value, colon, tolerance = text.partition(":")
        yield number(value), number(tolerance, "tolerance") if colon else Fraction(0), earned, said


def gaps_written(question: ReadQuestion) -> str:
    """Write what a `cloze` question asks and its text, gaps within; refuse what Moodle's gaps cannot hold."""
    text = question.stem + "\n\n"
    for piece in shapes.pieces_of(question.content):
        text += piece if isinstance(piece, str) else _written(piece)
    gaps = len(question.content["gaps"])
    if len(START.findall(text)) != gaps:
        raise RefusedError("The text holds “{…:…:”, which Moodle reads as a gap.")
    if "\ue000" in text or "\ue001" in text:
        raise RefusedError("The text holds signs of private use.")
    return text


def _written(gap: shapes.Gap) -> str:
    if gap.kind == "select":
        rows = [(c["text"], Fraction(1 if c["correct"] else 0), c["feedback"]) for c in gap.choices]
        return _listed("MULTICHOICE", gap.weight, [(_escaped(text), *rest) for text, *rest in rows])
    if gap.kind == "short":
        named = "SHORTANSWER_C" if gap.content.get("case", False) else "SHORTANSWER"
        return _listed(named, gap.weight, [(_escaped(t), e, said) for t, e, said in shapes.answers_of(gap.content)])
    if gap.content.get("unit"):
        raise RefusedError("Moodle's gaps have no units.")
    spans = shapes.spans_of(gap.content)
    return _listed("NUMERICAL", gap.weight, [(f"{decimal(v)}:{decimal(t)}", e, said) for v, t, e, said in spans])


def _listed(named: str, weight: int, rows: list[shapes.Row]) -> str:
    answers = "~".join(
        ("=" if earned == 1 else f"%{percent(earned)}%") + text + (f"#{_escaped(said)}" if said else "")
        for text, earned, said in rows
    )
    return f"{{{weight}:{named}:{answers}}}"


def _escaped(text: str) -> str:
    return text.translate(ESCAPES)


def accents_of(content: Part) -> bool:
    """Say whether accents matter in the gaps of a text; refuse one where they do in some only."""
    found = {gap.get("accents", False) for gap in content["gaps"] if gap["kind"] == "short"}
    if len(found) > 1:
        raise RefusedError("Accents matter in some of its gaps only, which Moodle XML cannot say.")
    return found != {False}
