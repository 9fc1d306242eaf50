"""What every format reads into and writes from: questions in the shapes of the types, and what was not understood.

No database, no clock, no chance: the same bytes give equal objects every time. Keys of choices and parts are made of
kind, place and text, so whoever keeps the questions gives them keys that say nothing of place or rightness.
"""

import hashlib
import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

MOST_BYTES = 20 * 1024 * 1024
"""The largest file that is read, in bytes."""
MOST_QUESTIONS = 5_000
LONGEST_TEXT = 20_000
"""The longest stem, explanation or choice that is read, in signs."""
MOST_PARTS = 100
"""The most choices, pairs, items or gaps of one question."""

Part = dict[str, Any]


class UnreadableFileError(ValueError):
    """Nothing of the file can be read; the message is a sentence for whoever sent it."""


class RefusedError(ValueError):
    """One question cannot be read or written; the message is the reason, a sentence."""


@dataclass(frozen=True, slots=True)
class Unsupported:
    """What was left out: the line on which it begins (0 where nobody knows), how it is called there, and why."""

    line: int
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReadQuestion:
    """One question as a file tells it. `choices` and `content` have the shapes of its kind.

    `code` is the file's own name for it, or empty. `category` is a path, its parts set off by "/". `points` is what
    the file gives for it, as a decimal. `line` is where it begins in its file and no part of what it asks; `wording`
    holds stem and explanation once more with the marks of `quizzes.wording`, where the format tells of emphasis.
    `picture` is the digest of one that stands beside its words, `picture_says` what the file says of it.
    """

    code: str
    title: str
    category: str
    stem: str
    kind: str
    choices: list[Part] = field(default_factory=list)
    content: Part = field(default_factory=dict)
    explanation: str = ""
    tags: tuple[str, ...] = ()
    points: str = "1"
    line: int = field(default=0, compare=False)
    wording: tuple[str, str] = field(default=("", ""), compare=False)
    picture: str = ""
    picture_says: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What a file holds: questions, what was refused, the bytes of pictures by SHA-256, and notes.

    A note tells of a question that was read what the file says besides and we do not keep, or grade otherwise.
    """

    questions: list[ReadQuestion]
    unsupported: list[Unsupported]
    pictures: dict[str, bytes] = field(default_factory=dict)
    notes: list[Unsupported] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file in some format, the questions that it cannot hold, and what another system will grade otherwise."""

    data: bytes
    unsupported: list[Unsupported]
    notes: list[Unsupported] = field(default_factory=list)


def key(kind: str, place: int, text: str) -> str:
    """Give the key of one part of a question: the same part at the same place always has the same."""
    return hashlib.sha256(f"{kind}\0{place}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()[:8]


def clean_ends(text: str) -> str:
    """Give a text with plain line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def clean(text: str) -> str:
    """Give a text with plain line ends and without space around it."""
    return clean_ends(text).strip()


def one_line(text: str) -> str:
    """Give a text on one line, its white space folded."""
    return " ".join(text.split())


def words(text: str, most: int = 60) -> str:
    """Give the beginning of a text, by which an author knows it again."""
    line = one_line(text)
    return line if len(line) <= most else line[: most - 1] + "…"


def checked(text: str, what: str) -> str:
    """Give a text cleaned; refuse one that is too long or holds a sign that no text has."""
    text = clean(text)
    if len(text) > LONGEST_TEXT:
        raise RefusedError(f"The {what} is longer than {LONGEST_TEXT:,} signs.")
    if any((sign < " " and sign not in "\n\t") or "\ud800" <= sign <= "\udfff" for sign in text):
        raise RefusedError(f"The {what} holds a control sign.")
    return text


def decode(data: bytes) -> str:
    """Give the text of a file in UTF-8, UTF-16 or Windows-1252 (which holds Latin-1), with "\\n" at line ends."""
    refuse_large(data)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = _decoded(data, "utf-16")
    elif data.startswith(b"\xef\xbb\xbf"):
        text = _decoded(data, "utf-8-sig")
    elif data[1:200:2].count(0) > len(data[1:200:2]) // 2:
        text = _decoded(data, "utf-16-le")
    elif data[0:200:2].count(0) > len(data[0:200:2]) // 2:
        text = _decoded(data, "utf-16-be")
    else:
        text = _eight_bits(data)
    if "\0" in text:
        raise UnreadableFileError("This is no text file.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def refuse_large(data: bytes) -> None:
    """Refuse a file beyond the limit."""
    if len(data) > MOST_BYTES:
        raise UnreadableFileError(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB; part it.")


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFileError("The file says that it is Unicode text, and is not; save it anew.") from error


def _eight_bits(data: bytes) -> str:
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


NUMBER = re.compile(r"[+-]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,2})?")


def number(text: str, what: str = "number") -> Fraction:
    """Read a number exactly; refuse what is none or has a comma."""
    text = text.strip()
    if not NUMBER.fullmatch(text):
        hint = " Write decimals with a point." if "," in text else ""
        raise RefusedError(f"“{words(text)}” is no {what}.{hint}")
    return Fraction(text)


def decimal(value: Fraction) -> str:
    """Write a number exactly as a decimal, without idle zeros; refuse one that has no end, as 1/3."""
    places, rest = 0, value.denominator
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest //= prime
            power += 1
        places = max(places, power)
    if rest != 1:
        raise RefusedError(f"{value} cannot be written as a decimal.")
    digits = f"{abs(value.numerator) * 10**places // value.denominator:0{places + 1}d}"
    whole, part = (digits[:-places], digits[-places:]) if places else (digits, "")
    return ("-" if value < 0 else "") + whole + ("." + part if part else "")


def share(percent: str) -> Fraction:
    """Read a percentage as the exact share that is meant.

    Percentages are rounded where they are written: one with three or more decimals that is a fraction with a small
    denominator, rounded or cut to as many decimals, is that fraction. 33.333 is 1/3, 33.3 is 333/1000.
    """
    exact = number(percent, "percentage") / 100
    decimals = len(percent.strip().lower().partition("e")[0].partition(".")[2])
    if abs(exact) > 1:
        raise RefusedError(f"A share of {words(percent)} % is not between -100 % and 100 %.")
    if decimals < 3:
        return exact
    near = exact.limit_denominator(100 if decimals >= 5 else 20)
    return near if abs(near - exact) < Fraction(1, 100 * 10**decimals) else exact


def percent(value: Fraction) -> str:
    """Write a share as a percentage that `share` reads back exactly, with at most five decimals; refuse another."""
    scaled = value * 100 * 10**5
    rounded = Fraction((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator), 10**5)
    text = decimal(rounded)
    whole, _point, decimals = text.partition(".")
    if rounded != value * 100:
        text = f"{whole}.{decimals:0<5}"
    if share(text) != value:
        raise RefusedError(f"The share {value} cannot be written in percent.")
    return text


@dataclass(slots=True)
class Collector:
    """Gathers what a reader finds, and refuses more than anybody can look through."""

    questions: list[ReadQuestion] = field(default_factory=list)
    unsupported: list[Unsupported] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    notes: list[Unsupported] = field(default_factory=list)

    def add(self, question: ReadQuestion, notes: list[str]) -> None:
        """Take a question and what is to be said of it."""
        self.questions.append(question)
        name = question.title or words(question.stem)
        self.notes.extend(Unsupported(question.line, name, note) for note in dict.fromkeys(notes))
        self._count()

    def refuse(self, line: int, name: str, reason: str) -> None:
        """Take what was not understood."""
        self.unsupported.append(Unsupported(line, words(name), reason))
        self._count()

    def _count(self) -> None:
        if len(self.questions) + len(self.unsupported) > MOST_QUESTIONS:
            raise UnreadableFileError(f"The file holds more than {MOST_QUESTIONS:,} questions; part it.")

    def file(self) -> ReadFile:
        """Give what was gathered."""
        return ReadFile(self.questions, self.unsupported, self.pictures, self.notes)
