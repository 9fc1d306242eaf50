r"""Reads and writes GIFT, Moodle's format for questions in a text file.

Questions are parted by empty lines. `//` begins a comment; `[id:…]` and `[tag:…]` in one tell code and tags. A question
is `::title:: text {answers ####explanation}`; `\` before `~ = # { } :` and itself takes their meaning away, `\n` is a
line end. Three things that the format cannot say stand in comments of our own, which others pass over: `[points:2]`, `[case:1]`
where case matters in a short answer and `[accents:0]` where accents do not.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from certification.quizzes.formats import shapes
from certification.quizzes.formats.base import (
    LONGEST_TEXT,
    Collector,
    ReadFile,
    ReadQuestion,
    RefusedError,
    Unsupported,
    WrittenFile,
    checked,
    decimal,
    decode,
    number,
    one_line,
    percent,
    share,
    words,
)
from certification.quizzes.formats.categories import from_path, to_path
from certification.quizzes.formats.markup import plain, worded

TOKEN = re.compile(r"\\[\\:#={}~n]|.", re.DOTALL)
WEIGHT = re.compile(r"%(-?[0-9]{1,3}(?:\.[0-9]*)?)%")
FORMAT = re.compile(r"\[(html|moodle|plain|markdown)\]")
REMARK = re.compile(r"\[(id|tag|points|case|accents):((?:\\.|[^\\\[\]]){1,300})\]")
TRUTHS = {"T": True, "TRUE": True, "F": False, "FALSE": False}
LONGEST_BLOCK = 10 * LONGEST_TEXT
BLANK = "_____"
ACCENTS = "Accents do not matter in its answers here; in Moodle they do."
POINTS = "Moodle does not read from GIFT how many points it gives."
CASE = "Case matters in its answers here; in Moodle, after an import from GIFT, it does not."

Tokens = list[str]
"""A text sign by sign; an escaped sign and its backslash are one."""


def _tokens(text: str) -> Tokens:
    return TOKEN.findall(text)


def _raw(tokens: Iterable[str]) -> str:
    """Give what tokens stand for."""
    return "".join("\n" if t == "\\n" else t[1] if len(t) == 2 else t for t in tokens)


def _stripped(tokens: Tokens) -> Tokens:
    start, end = 0, len(tokens)
    while start < end and tokens[start].isspace():
        start += 1
    while end > start and tokens[end - 1].isspace():
        end -= 1
    return tokens[start:end]


def _find(tokens: Tokens, *signs: str, last: bool = False) -> int:
    """Give the place of a run of signs, none of them escaped, or -1."""
    run = list(signs)
    places = range(len(tokens) - len(run) + 1)
    return next((n for n in (reversed(places) if last else places) if tokens[n : n + len(run)] == run), -1)


def _split(tokens: Tokens, sign: str, most: int = 0) -> list[Tokens]:
    parts: list[Tokens] = [[]]
    for token in tokens:
        if token == sign and not (most and len(parts) >= most):
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def read(data: bytes) -> ReadFile:
    """Read a GIFT file."""
    found = Collector()
    category = ""
    for block in _blocks(decode(data)):
        if block.category is not None:
            category = from_path(block.category)
        text = "\n".join(block.lines).strip()
        if not text:
            continue
        if len(text) > LONGEST_BLOCK:
            found.refuse(block.line, text[:100], f"It is longer than {LONGEST_BLOCK:,} signs.")
            continue
        notes: list[str] = []
        try:
            question = _question(text, block, category, notes)
        except RefusedError as error:
            found.refuse(block.line, _name(text), str(error))
        else:
            found.add(question, notes)
    return found.file()


@dataclass(slots=True)
class _Block:
    """The lines between two empty ones: what they ask, what their comments say, and where the first stands."""

    line: int = 0
    lines: list[str] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    category: str | None = None


def _blocks(text: str) -> Iterable[_Block]:
    block = _Block()
    for place, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        if bare.startswith("//"):
            block.remarks += REMARK.findall(bare)
        elif bare.startswith("$CATEGORY:") and not block.lines:
            block.category = bare.removeprefix("$CATEGORY:").strip()
        elif bare:
            block.line = block.line or place
            block.lines.append(line)
        else:
            if block.lines or block.category is not None:
                yield block
            block = _Block()
    yield block


def _name(text: str) -> str:
    title, rest = _title(_tokens(text))
    return title or _raw(rest)


def _title(tokens: Tokens) -> tuple[str, Tokens]:
    if tokens[:2] != [":", ":"]:
        return "", tokens
    end = _find(tokens[2:], ":", ":")
    if end < 0:
        return "", tokens
    return one_line(_raw(tokens[2 : end + 2])), _stripped(tokens[end + 4 :])


def _question(text: str, block: _Block, category: str, notes: list[str]) -> ReadQuestion:
    title, tokens = _title(_tokens(text))
    stem, answers = _parted(tokens)
    explained = _find(answers, "#", "#", "#", "#", last=True)
    explanation: Tokens = []
    if explained >= 0:
        explanation, answers = answers[explained + 4 :], answers[:explained]
    stem_text, form = _formatted(stem, "moodle")
    if not stem_text:
        raise RefusedError("The question has no text.")
    remarks = {name: re.sub(r"\\(.)", r"\1", said) for name, said in block.remarks}
    tags = [one_line(re.sub(r"\\(.)", r"\1", said)) for name, said in block.remarks if name == "tag"]
    kind, choices, content = _answers(_stripped(answers), form, remarks, notes)
    return ReadQuestion(
        code=one_line(remarks.get("id", "")),
        title=checked(title, "title"),
        category=category,
        stem=checked(stem_text, "text"),
        kind=kind,
        choices=choices,
        content=content,
        explanation=checked(_formatted(explanation, form)[0], "explanation"),
        tags=tuple(dict.fromkeys(tag for tag in tags if tag)),
        points=decimal(number(remarks.get("points", "1"))),
        line=block.line,
        wording=(_formatted(stem, "moodle", worded)[0], _formatted(explanation, form, worded)[0]),
    )


def _parted(tokens: Tokens) -> tuple[Tokens, Tokens]:
    """Part what is asked from the answers; a blank stands where answers stood inside a sentence."""
    start, end = _find(tokens, "{"), _find(tokens, "}")
    if start < 0 and end < 0:
        raise RefusedError("It has no answers in braces: a description asks nothing.")
    if start < 0 or end < start:
        raise RefusedError("The braces around the answers do not fit; an empty line inside them ends a question.")
    after = tokens[end + 1 :]
    if "{" in after or "}" in after or "{" in tokens[start + 1 : end]:
        raise RefusedError("It has more than one pair of braces; put \\ before a brace that is text.")
    stem = tokens[:start] + (list(BLANK) + after if after else [])
    return _stripped(stem), tokens[start + 1 : end]


def _formatted(tokens: Tokens, form: str, read: Callable[[str, str], str] = plain) -> tuple[str, str]:
    """Give the plain text and the format of a text, which may begin with the name of its format."""
    text = _raw(_stripped(tokens))
    if named := FORMAT.match(text):
        form, text = named[1], text[named.end() :]
    return read(text, form), form


def _verbatim(tokens: Tokens) -> str:
    """Give a text that is compared with what learners write, so it holds no markup, but may tell a format."""
    text = _raw(_stripped(tokens))
    return FORMAT.sub("", text, count=1).strip() if FORMAT.match(text) else text


def _answers(tokens: Tokens, form: str, remarks: dict[str, str], notes: list[str]) -> shapes.Made:
    if not tokens:
        return shapes.essay()
    if tokens[0] == "#":
        return _numeric(tokens[1:], form, notes)
    if tokens[0] == ">":
        raise RefusedError("It is written for an added type of Moodle (ordering), which GIFT itself does not have.")
    if "~" in tokens:
        return _choices(tokens, form, notes)
    if "=" in tokens and _find(tokens, "-", ">") >= 0:
        return _matching(tokens, form)
    first = _raw(_stripped(_split(tokens, "#")[0]))
    if first in TRUTHS:
        return _true_false(TRUTHS[first], tokens, form)
    if first.upper() in TRUTHS:
        raise RefusedError("Write TRUE, T, FALSE or F in capitals, or “=” before an answer in words.")
    return _short(tokens, form, remarks, notes)


def _weighted(tokens: Tokens, otherwise: Fraction) -> tuple[Fraction, Tokens]:
    text = "".join(tokens[:20])
    if not text.startswith("%"):
        return otherwise, tokens
    found = WEIGHT.match(text)
    if not found:
        if re.match(r"%[-0-9.,\s]*%", text):
            raise RefusedError(f"“{words(text, 20)}” does not begin with a percentage as %50%.")
        return otherwise, tokens
    return share(found[1]), tokens[found.end() :]


def _commented(tokens: Tokens, form: str) -> tuple[Tokens, str]:
    """Part an answer from what is said to whoever gives it."""
    parts = _split(tokens, "#", 2)
    return _stripped(parts[0]), _formatted(parts[1], form)[0] if len(parts) > 1 else ""


def _choices(tokens: Tokens, form: str, notes: list[str]) -> shapes.Made:
    rows: list[shapes.Row] = []
    for sign, part in _signed(tokens, "~="):
        if sign == "=":
            earned = Fraction(1)
            if WEIGHT.match("".join(part[:20])):
                raise RefusedError("A choice after “=” earns all points; write “~” before a percentage.")
        else:
            earned, part = _weighted(part, Fraction(0))
        text, said = _commented(part, form)
        rows.append((_formatted(text, form)[0], earned, said))
    return shapes.single(rows, notes) if "=" in tokens else shapes.multiple(rows)


def _signed(tokens: Tokens, signs: str) -> list[tuple[str, Tokens]]:
    """Part answers by the signs before them; refuse words before the first sign."""
    parts: list[tuple[str, Tokens]] = [("", [])]
    for token in tokens:
        if token in signs:
            parts.append((token, []))
        else:
            parts[-1][1].append(token)
    if _stripped(parts[0][1]):
        raise RefusedError(f"“{words(_raw(parts[0][1]), 30)}” stands before the first “=” or “~”.")
    return [(sign, _stripped(part)) for sign, part in parts[1:]]


def _matching(tokens: Tokens, form: str) -> shapes.Made:
    pairs: list[tuple[str, str]] = []
    others: list[str] = []
    for _sign, part in _signed(tokens, "="):
        arrow = _find(part, "-", ">")
        if arrow < 0:
            raise RefusedError(f"“{words(_raw(part), 30)}” has no “->”.")
        prompt, match = _formatted(part[:arrow], form)[0], _raw(_stripped(part[arrow + 2 :]))
        if prompt:
            pairs.append((prompt, match))
        else:
            others.append(match)
    return shapes.matching(pairs, others)


def _true_false(right: bool, tokens: Tokens, form: str) -> shapes.Made:
    parts = _split(tokens, "#", 3)
    said = [_formatted(part, form)[0] for part in parts[1:]] + ["", ""]
    wrong_answer, right_answer = said[0], said[1]
    return shapes.true_false(right, *((right_answer, wrong_answer) if right else (wrong_answer, right_answer)))


def _short(tokens: Tokens, form: str, remarks: dict[str, str], notes: list[str]) -> shapes.Made:
    rows: list[shapes.Row] = []
    for _sign, part in _signed(tokens, "=") if "=" in tokens else [("=", tokens)]:
        earned, part = _weighted(part, Fraction(1))
        text, said = _commented(part, form)
        rows.append((_verbatim(text), earned, said))
    return shapes.short(rows, notes, case=remarks.get("case") == "1", accents=remarks.get("accents") != "0")


def _numeric(tokens: Tokens, form: str, notes: list[str]) -> shapes.Made:
    otherwise = _find(tokens, "~")
    if otherwise >= 0:
        tokens, rest = tokens[:otherwise], tokens[otherwise + 1 :]
        refused, said = _commented(rest, form)
        if refused or "~" in rest:
            raise RefusedError("After “~” a numeric question can only say what is told to whoever is wrong.")
        _not_kept(said, notes)
    spans: list[shapes.Span] = []
    for _sign, part in _signed(tokens, "=") if "=" in tokens else [("=", _stripped(tokens))]:
        earned, part = _weighted(part, Fraction(1))
        answer, said = _commented(part, form)
        text = _verbatim(answer)
        if text == "*" and earned == 0:
            _not_kept(said, notes)
            continue
        spans.append((*span(text), earned, said))
    return shapes.numeric(spans, notes)


def _not_kept(said: str, notes: list[str]) -> None:
    if said:
        notes.append(f"What is said to every other answer is not kept: “{words(said)}”.")


def span(text: str) -> tuple[Fraction, Fraction]:
    """Read `3`, `3:2` or `1..5` as a number and what an answer may differ from it."""
    if ".." in text:
        least, _dots, most = text.partition("..")
        low, high = number(least), number(most)
        return (low + high) / 2, (high - low) / 2
    value, colon, tolerance = text.partition(":")
    return number(value), number(tolerance, "tolerance") if colon else Fraction(0)


# Writing

ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", **{sign: "\\" + sign for sign in "~=#{}:"}})


REMARK_ESCAPES = str.maketrans({sign: "\\" + sign for sign in "\\[]"})


def _escaped(text: str) -> str:
    return text.translate(ESCAPES)


def _written(text: str) -> str:
    """Write a text that stands as it is: a beginning that would mean something gets a format before it."""
    return ("[plain]" if text.startswith(("[", "%")) else "") + _escaped(text)


def _said(text: str) -> str:
    return "#" + _written(text) if text else ""


def write(questions: Sequence[ReadQuestion], pictures: Mapping[str, bytes] | None = None) -> WrittenFile:
    """Write questions as GIFT, which holds no pictures; those that it cannot hold are listed."""
    lines: list[str] = []
    unsupported: list[Unsupported] = []
    notes: list[Unsupported] = []
    category = ""
    for given in questions:
        name = given.title or words(given.stem)
        try:
            if given.picture:
                raise RefusedError("It shows a picture, which this file would not hold.")
            question = shapes.rekeyed(given)
            block = _block(question)
            block.encode()
        except RefusedError as error:
            unsupported.append(Unsupported(given.line, name, str(error)))
            continue
        except UnicodeEncodeError:
            unsupported.append(Unsupported(given.line, name, "It holds a sign that no text has."))
            continue
        if question.category != category:
            category = question.category
            lines.append(f"$CATEGORY: {to_path(category)}\n")
        lines.append(block)
        if question.points != "1":
            notes.append(Unsupported(given.line, name, POINTS))
        if question.content.get("case"):
            notes.append(Unsupported(given.line, name, CASE))
        if question.content.get("accents") is False:
            notes.append(Unsupported(given.line, name, ACCENTS))
    return WrittenFile("\n".join(lines).encode(), unsupported, notes)


def _block(question: ReadQuestion) -> str:
    for what in ("stem", "explanation"):
        checked(getattr(question, what), what)
    if not question.stem:
        raise RefusedError("The question has no text.")
    remarks = [("id", question.code), *(("tag", tag) for tag in question.tags)]
    if question.content.get("case"):
        remarks.append(("case", "1"))
    if question.content.get("accents") is False:
        remarks.append(("accents", "0"))
    if question.points != "1":
        remarks.append(("points", question.points))
    said = " ".join(f"[{name}:{text.translate(REMARK_ESCAPES)}]" for name, text in remarks if text)
    title = f"::{_escaped(question.title)}::" if question.title else ""
    explanation = f"####{_written(question.explanation)}" if question.explanation else ""
    answers = _answers_written(question)
    end = "\n" if answers.endswith("\n") and explanation else ""
    comment = f"// {said}\n" if said else ""
    return f"{comment}{title}[plain]{_escaped(question.stem)}{{{answers}{explanation}{end}}}\n"


def _answers_written(question: ReadQuestion) -> str:
    content = question.content
    match question.kind:
        case "single" | "multiple":
            return _listed(
                _choice(earned, question.kind) + _written(text) + _said(said)
                for text, earned, said in shapes.rows_of(question)
            )
        case "true_false":
            said = {choice["correct"]: choice["feedback"] for choice in question.choices}
            truth = next(choice["key"] for choice in question.choices if choice["correct"]).upper()
            wrong = "#" + _written(said[False]) if said[False] or said[True] else ""
            return truth + wrong + _said(said[True])
        case "matching":
            pairs, others = shapes.pairs_of(content)
            if any("->" in prompt for prompt, _match in pairs):
                raise RefusedError("A prompt holds “->”, which GIFT reads as its own sign.")
            return _listed(
                [f"={_written(prompt)} -> {_escaped(match)}" for prompt, match in pairs]
                + [f"= -> {_escaped(other)}" for other in others]
            )
        case "short":
            rows = shapes.answers_of(content)
            if any("->" in text or "->" in said for text, _earned, said in rows):
                raise RefusedError("An answer holds “->”, which GIFT reads as its own sign.")
            return _listed(f"=%{percent(earned)}%{_written(text)}{_said(said)}" for text, earned, said in rows)
        case "numeric":
            if content.get("unit"):
                raise RefusedError("GIFT has no units.")
            return "#" + _listed(
                f"=%{percent(earned)}%{decimal(value)}:{decimal(tolerance)}{_said(said)}"
                for value, tolerance, earned, said in shapes.spans_of(content)
            )
        case "essay":
            if content != shapes.essay()[2]:
                raise RefusedError("GIFT has no rubrics and no bounds for the words of an essay.")
            return ""
        case kind:
            raise RefusedError(f"GIFT has no questions of the kind “{kind}”.")


def _choice(earned: Fraction, kind: str) -> str:
    if earned == 1 and kind == "single":
        return "="
    return "~" if earned == 0 else f"~%{percent(earned)}%"


def _listed(answers: Iterable[str]) -> str:
    return "\n" + "".join(f"\t{answer}\n" for answer in answers)
