"""Makes the choices and contents of questions, whatever format tells them; refuses what a kind cannot ask."""

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from certification.quizzes.formats.base import (
    MOST_PARTS,
    Part,
    ReadQuestion,
    RefusedError,
    checked,
    clean,
    clean_ends,
    decimal,
    key,
    number,
    one_line,
)

Row = tuple[str, Fraction, str]
"""A text, the share that it earns and what is said to whoever gives it."""
Span = tuple[Fraction, Fraction, Fraction, str]
"""A number, what an answer may differ from it, the share that it earns and what is said to whoever gives it."""
Made = tuple[str, list[Part], Part]
"""Kind, choices and content of a question."""

ONE, NOTHING = Fraction(1), Fraction(0)
BELOW_NOTHING = "A choice takes points away; here a question earns at least nothing."
FILL = "Fill the gaps."
FIRST_FORM = "There the first form that fits decides; here the best one does."


def _limited(parts: Sequence[object], least: int, what: str) -> None:
    if len(parts) < least:
        raise RefusedError(f"There are fewer than {least} {what}." if least > 1 else f"There are no {what}.")
    if len(parts) > MOST_PARTS:
        raise RefusedError(f"There are more than {MOST_PARTS} {what}.")


def _filled(text: str, what: str) -> str:
    text = checked(text, what)
    if not text:
        raise RefusedError(f"A {what} has no text.")
    return text


def single(rows: Sequence[Row], notes: list[str], *, where: str = "choice") -> Made:
    """Make a question with one right choice; another may earn a part."""
    _limited(rows, 2, "choices")
    right = [place for place, (_text, earned, _said) in enumerate(rows) if earned == 1]
    if len(right) != 1:
        found = "No choice is" if not right else f"{len(right)} choices are"
        raise RefusedError(f"{found} fully right; exactly one must be where only one may be chosen.")
    choices, weights = [], {}
    for place, (text, earned, said) in enumerate(rows):
        choice = _choice(where, place, text, said, correct=earned == 1)
        choices.append(choice)
        if earned < 0:
            notes.append(BELOW_NOTHING)
        elif 0 < earned < 1:
            weights[choice["key"]] = str(earned)
    return "single", choices, {"weights": weights} if weights else {}


def multiple(rows: Sequence[Row]) -> Made:
    """Make a question with several right choices, of which the positive shares sum up to all points."""
    _limited(rows, 2, "choices")
    right = sum(earned > 0 for _text, earned, _said in rows)
    if right in (0, len(rows)):
        raise RefusedError("There must be a choice that earns something and one that does not.")
    whole = sum((earned for _text, earned, _said in rows if earned > 0), NOTHING)
    if whole != 1:
        raise RefusedError(f"The right choices earn {whole} of the points together, not all of them.")
    choices = [_choice("choice", n, text, said, correct=earned > 0) for n, (text, earned, said) in enumerate(rows)]
    if all(earned == Fraction(1 if earned > 0 else -1, right) for _text, earned, _said in rows):
        return "multiple", choices, {}
    shares = [str(earned) for _text, earned, _said in rows]
    return "multiple", choices, {"weights": {c["key"]: part for c, part in zip(choices, shares, strict=True)}}


def _choice(where: str, place: int, text: str, said: str, *, correct: bool) -> Part:
    text = _filled(text, "choice")
    return {
        "key": key(where, place, text),
        "text": text,
        "correct": correct,
        "feedback": checked(said, "feedback"),
    }


def true_false(right: bool, said_true: str, said_false: str) -> Made:
    """Make a statement that is true or false; the texts of the two choices are the page's own."""
    choices = [
        {"key": name, "text": "", "correct": right is value, "feedback": checked(said, "feedback")}
        for name, value, said in (("true", True, said_true), ("false", False, said_false))
    ]
    return "true_false", choices, {}


def matching(pairs: Sequence[tuple[str, str]], others: Sequence[str] = ()) -> Made:
    """Make prompts with the option that fits each, and options that fit none; equal options are one."""
    _limited(pairs, 2, "pairs")
    _limited([*pairs, *others], 2, "pairs")
    options: dict[str, str] = {}
    for text in [*(_filled(match, "option") for _prompt, match in pairs), *(_filled(o, "option") for o in others)]:
        options.setdefault(text, key("option", len(options), text))
    prompts = [
        {"key": key("prompt", n, prompt), "text": prompt, "match": options[clean(match)]}
        for n, (prompt, match) in enumerate((_filled(prompt, "prompt"), match) for prompt, match in pairs)
    ]
    return "matching", [], {"prompts": prompts, "options": [{"key": k, "text": text} for text, k in options.items()]}


def ordering(items: Sequence[str], grading: str) -> Made:
    """Make things to be put in order, given in the right one; graded by "place" or "exact"."""
    _limited(items, 2, "items")
    texts = [_filled(item, "item") for item in items]
    listed = [{"key": key("item", n, text), "text": text} for n, text in enumerate(texts)]
    return "ordering", [], {"items": listed, "grading": grading}


def numeric(spans: Sequence[Span], notes: list[str], unit: Part | None = None) -> Made:
    """Make a question for a number."""
    _limited(spans, 1, "answers")
    if any(tolerance < 0 for _value, tolerance, _earned, _said in spans):
        raise RefusedError("An answer may not differ by less than nothing.")
    _earning([earned for _value, _tolerance, earned, _said in spans])
    for n, (value, tolerance, earned, _said) in enumerate(spans):
        if any(abs(value - v) <= tolerance + t and earned < e for v, t, e, _said in spans[n + 1 :]):
            notes.append(FIRST_FORM)
    answers = [
        {
            "value": decimal(value),
            "tolerance": decimal(tolerance),
            "share": str(earned),
            "feedback": checked(said, "feedback"),
        }
        for value, tolerance, earned, said in spans
    ]
    return "numeric", [], {"answers": answers} | ({"unit": unit} if unit else {})


def short(rows: Sequence[Row], notes: list[str], *, case: bool, accents: bool = True) -> Made:
    """Make a question for a few words; `*` stands for anything."""
    _limited(rows, 1, "answers")
    _earning([earned for _text, earned, _said in rows])
    for n, (text, earned, _said) in enumerate(rows):
        if any(earned < later and ("*" in text or "*" in t) for t, later, _said in rows[n + 1 :]):
            notes.append(FIRST_FORM)
    answers = [
        {"text": one_line(_filled(text, "answer")), "share": str(earned), "feedback": checked(said, "feedback")}
        for text, earned, said in rows
    ]
    return "short", [], {"answers": answers, "case": case, "accents": accents}


def _earning(shares: Sequence[Fraction]) -> None:
    if any(earned < 0 for earned in shares):
        raise RefusedError("An answer takes points away.")
    if ONE not in shares:
        raise RefusedError("No answer earns all points.")


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap of a text: "select", "short" or "numeric", how much it weighs, and what is chosen from or accepted."""

    kind: str
    weight: int
    choices: list[Part] = field(default_factory=list)
    content: Part = field(default_factory=dict)


def select(rows: Sequence[Row], place: int, notes: list[str]) -> Part:
    """Give the choices of the gap at this place (from 0)."""
    _kind, choices, content = single(rows, notes, where=f"gap {place}")
    if content:
        raise RefusedError("A choice in a gap earns a part of the points; here one is right and all others wrong.")
    return {"choices": choices}


def cloze(pieces: Sequence[str | Gap]) -> Made:
    """Make a text with gaps, given piece by piece."""
    gaps: list[Part] = []
    text = ""
    for piece in pieces:
        if isinstance(piece, str):
            if "[[" in piece:
                raise RefusedError("The text holds “[[”, which marks a gap here.")
            text += piece
            continue
        if piece.weight < 1:
            raise RefusedError("A gap weighs nothing.")
        inside: Part = {"choices": piece.choices} if piece.kind == "select" else piece.content
        gaps.append({"key": key("gap", len(gaps), piece.kind), "kind": piece.kind, "weight": piece.weight, **inside})
        text += f"[[{gaps[-1]['key']}]]"
    _limited(gaps, 1, "gaps")
    return "cloze", [], {"text": checked(text, "text"), "gaps": gaps}


def led(pieces: Sequence[str | Gap], notes: list[str]) -> tuple[str, list[str | Gap]]:
    """Part what is asked from a text with gaps: the paragraphs before the one that holds the first gap ask."""
    first = next((n for n, piece in enumerate(pieces) if not isinstance(piece, str)), len(pieces))
    before = clean_ends("".join(piece for piece in pieces[:first] if isinstance(piece, str)))
    stem, _gap, start = before.rpartition("\n\n")
    stem = clean(stem)
    if not stem:
        notes.append(f"Nothing is said before the text with its gaps; “{FILL}” stands there now.")
    return stem or FILL, [start, *pieces[first:]]


def essay(rubric: Sequence[tuple[str, int, Sequence[tuple[int, str]]]] = (), least: int = 0, most: int = 0) -> Made:
    """Make a question that somebody marks, by title, points and levels of each criterion; 0 words are no bound."""
    criteria = [
        {
            "key": key("criterion", place, clean(title)),
            "title": _filled(title, "criterion"),
            "points": points,
            "levels": [{"points": worth, "text": checked(text, "level")} for worth, text in levels],
        }
        for place, (title, points, levels) in enumerate(rubric)
    ]
    return "essay", [], {"rubric": criteria, "least_words": least, "most_words": most}


def rows_of(question: ReadQuestion) -> list[Row]:
    """Give text, share and feedback of each choice of a `single` or `multiple` question."""
    weights = question.content.get("weights", {})
    right = sum(choice["correct"] for choice in question.choices)
    rows = []
    for choice in question.choices:
        if question.kind == "single":
            earned = ONE if choice["correct"] else Fraction(weights.get(choice["key"], "0"))
        elif weights:
            earned = Fraction(weights.get(choice["key"], "0"))
        else:
            earned = Fraction(1 if choice["correct"] else -1, max(right, 1))
        rows.append((choice["text"], earned, choice.get("feedback", "")))
    return rows


def answers_of(content: Part) -> list[Row]:
    """Give text, share and feedback of each answer of a `short` question or gap."""
    return [(a["text"], Fraction(a["share"]), a.get("feedback", "")) for a in content["answers"]]


def spans_of(content: Part) -> list[Span]:
    """Give number, tolerance, share and feedback of each answer of a `numeric` question or gap."""
    return [
        (number(a["value"]), number(a.get("tolerance", "0")), Fraction(a["share"]), a.get("feedback", ""))
        for a in content["answers"]
    ]


def pairs_of(content: Part) -> tuple[list[tuple[str, str]], list[str]]:
    """Give prompt and option of each pair of a `matching` question, and the options that fit none."""
    options = {option["key"]: option["text"] for option in content["options"]}
    used = {prompt["match"] for prompt in content["prompts"]}
    pairs = [(prompt["text"], options[prompt["match"]]) for prompt in content["prompts"]]
    return pairs, [text for name, text in options.items() if name not in used]


def pieces_of(content: Part) -> list[str | Gap]:
    """Give a `cloze` text piece by piece."""
    gaps = {gap["key"]: gap for gap in content["gaps"]}
    pieces: list[str | Gap] = []
    for n, piece in enumerate(re.split(r"\[\[([^\[\]]+)\]\]", content["text"])):
        if n % 2 == 0:
            pieces.append(piece)
        elif piece not in gaps:
            raise RefusedError("The text marks a gap that is not there.")
        else:
            gap = gaps[piece]
            inside = {name: gap[name] for name in ("answers", "case", "accents", "unit") if name in gap}
            pieces.append(Gap(gap["kind"], gap.get("weight", 1), gap.get("choices", []), inside))
    return pieces


def rubric_of(content: Part) -> list[tuple[str, int, list[tuple[int, str]]]]:
    """Give title, points and levels of each criterion by which an `essay` is marked."""
    return [
        (part["title"], part["points"], [(level["points"], level["text"]) for level in part["levels"]])
        for part in content["rubric"]
    ]


def rekeyed(question: ReadQuestion) -> ReadQuestion:
    """Give a question as it would be read from a file: with the keys and the order that every reader makes.

    Two questions ask the same, whatever keys they were given, if and only if this is equal for both. Questions on
    pictures keep their keys.
    """
    stem = clean(question.stem)
    if question.kind == "cloze":
        stem, pieces = led([f"{stem}\n\n", *pieces_of(question.content)], [])
        kind, choices, content = cloze(_gaps_anew(pieces, []))
    else:
        kind, choices, content = _made_anew(question)
    return dataclasses.replace(
        question,
        code=one_line(question.code),
        title=one_line(question.title),
        category=one_line(question.category),
        stem=stem,
        kind=kind,
        choices=choices,
        content=content,
        explanation=clean(question.explanation),
        tags=tuple(dict.fromkeys(one_line(tag) for tag in question.tags if tag.strip())),
        points=decimal(number(question.points)),
    )


def _made_anew(question: ReadQuestion) -> Made:
    content, notes = question.content, list[str]()
    match question.kind:
        case "single":
            return single(rows_of(question), notes)
        case "multiple":
            return multiple(rows_of(question))
        case "true_false":
            said = {choice["key"]: choice.get("feedback", "") for choice in question.choices}
            right = next(choice["key"] for choice in question.choices if choice["correct"])
            return true_false(right == "true", said["true"], said["false"])
        case "matching":
            return matching(*pairs_of(content))
        case "ordering":
            return ordering([item["text"] for item in content["items"]], content["grading"])
        case "numeric":
            return numeric(spans_of(content), notes, _unit(content.get("unit")))
        case "short":
            return short(
                answers_of(content), notes, case=content.get("case", False), accents=content.get("accents", False)
            )
        case "essay":
            return essay(rubric_of(content), content["least_words"], content["most_words"])
        case _:
            return question.kind, question.choices, content


def _gaps_anew(pieces: Sequence[str | Gap], notes: list[str]) -> list[str | Gap]:
    anew: list[str | Gap] = []
    place = 0
    for piece in pieces:
        if isinstance(piece, str):
            anew.append(clean_ends(piece))
            continue
        if piece.kind == "select":
            rows = [(c["text"], ONE if c["correct"] else NOTHING, c.get("feedback", "")) for c in piece.choices]
            anew.append(Gap("select", piece.weight, select(rows, place, notes)["choices"]))
        elif piece.kind == "short":
            case, accents = piece.content.get("case", False), piece.content.get("accents", False)
            made = short(answers_of(piece.content), notes, case=case, accents=accents)
            anew.append(Gap("short", piece.weight, [], made[2]))
        else:
            made = numeric(spans_of(piece.content), notes, _unit(piece.content.get("unit")))
            anew.append(Gap("numeric", piece.weight, [], made[2]))
        place += 1
    return anew


def _unit(unit: Part | None) -> Part | None:
    if not unit:
        return None
    others = [{"name": one_line(o["name"]), "factor": decimal(number(o["factor"]))} for o in unit.get("others", [])]
    return {"name": one_line(unit["name"]), "required": bool(unit.get("required")), "others": others}
