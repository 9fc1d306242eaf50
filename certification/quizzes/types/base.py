"""What a question type is: it reads a question's content, reads an answer to it, grades it exactly and says its rule
before. No database, no clock.

A type is generic over what it parsed (`C`). `shown` is all that leaves the server before the key may be seen: it holds
nothing of key, feedback, weights, tolerance or accepted forms, and never changes when only those do.
"""

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Generic, Protocol, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _

Answer = list[str]
"""An answer as it is stored; empty is none. Pieces that name a part of the question are `part=value`."""

C = TypeVar("C")


class HasKey(Protocol):
    """An entry of a question with a key of its own."""

    @property
    def key(self) -> str:
        """Its key."""
        ...


K = TypeVar("K", bound=HasKey)

MOST_SHORT = 200
"""The most signs of a short answer."""


class BadAnswerError(ValueError):
    """The answer does not fit the question: no page of ours would send it."""


class UnreadableAnswerError(BadAnswerError):
    """What she typed cannot be read; the message is a sentence that tells her what to write."""


class BadQuestionError(ValueError):
    """The question cannot be asked or graded as it is written; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a question version. `key` is opaque: it says nothing about place or rightness."""

    key: str
    text: str
    correct: bool
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Keyed:
    """A named text of a question: an option, an item, a label."""

    key: str
    text: str


# ---- what a page and the API may have ----


@dataclass(frozen=True, slots=True)
class AskedChoice:
    """A choice as it is shown: nothing in it says whether it is right."""

    key: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class AskedPart:
    """A part of a question that is answered by one of the question's options, and the key of hers so far."""

    key: str
    text: str
    value: str


@dataclass(frozen=True, slots=True)
class AskedChoices:
    """The choices of a question in her order."""

    choices: tuple[AskedChoice, ...]


# ---- a result ----


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a result. `correct` is None, and `right` empty, while the key may not be seen.

    For a choice: its text, whether it was `chosen` and whether choosing it is right. For a part: its text, what she
    `given`, what would be `right`, and whether hers is.
    """

    text: str
    chosen: bool
    correct: bool | None
    feedback: str = ""
    given: str = ""
    right: str = ""


class QuestionType(ABC, Generic[C]):
    """One kind of question. `content` and `choices` are those of a version, as docs and import formats write them."""

    kind: str
    label: str | Promise
    # What to do, beside the question.
    prompt: str | Promise
    # The template that draws its controls inside the form, and the one that draws the lines of a result.
    template: str
    told_template: str = "quizzes/types/told_parts.html"
    # How a form's fields make up the answer: "list" of values, "parts" by name, "order" of places by name.
    shape: str = "list"
    # Its parts may stand as their author listed them, where a quiz says so; of any other kind that would tell the key.
    as_listed: bool = False
    # The keys of its choices are the kind's own, and their texts the page's.
    fixed_keys: bool = False

    @abstractmethod
    def parse(self, choices: Sequence[Choice], content: Mapping[str, Any]) -> C:
        """Give what the kind asks and grades; refuse (BadQuestionError) what it cannot ask."""

    @abstractmethod
    def rule(self, c: C) -> str:
        """Say how the answer earns points; shown before she answers."""

    def prompt_of(self, c: C) -> str:
        """Say what to do, beside the question."""
        return str(self.prompt)

    @abstractmethod
    def names(self, c: C) -> tuple[str, ...]:
        """Give the keys that are shuffled when an attempt begins; they come back as `order`."""

    @abstractmethod
    def read(self, raw: object, c: C) -> Answer:
        """Give the answer in its stored form; refuse (BadAnswerError) what does not fit the question.

        Takes what the API sends (a key, a list, a dict by part) and what a form posts; reading what was read changes
        nothing.
        """

    @abstractmethod
    def share(self, answer: Answer, c: C) -> Fraction | None:
        """Give the share of the points that the answer earns, exactly, from 0 to 1; None where somebody must mark it."""

    @abstractmethod
    def shown(self, c: C, order: Sequence[str], answer: Answer) -> Any:
        """Give the frozen dataclass for a page and the API. `answer` may also be what could not be read, `typed`."""

    @abstractmethod
    def told(self, c: C, order: Sequence[str], answer: Answer, *, feedback: bool, key: bool) -> tuple[Told, ...]:
        """Give the lines of a result, cut down to what may be seen.

        Without `key`, feedback stands only beside what she chose: the others' words would tell.
        """

    @abstractmethod
    def texts(self, c: C) -> tuple[str, ...]:
        """Give the texts that a learner reads besides the stem, for search and for finding doubles."""

    def picture(self, c: C) -> str:
        """Give the digest of the picture that it asks about; empty where it has none."""
        return ""

    def check_picture(self, c: C, width: int, height: int) -> None:
        """Refuse (BadQuestionError) marks that cannot stand on a picture of this size."""


# ---- reading content ----


def fields(raw: object, what: str, *, need: Iterable[str] = (), may: Iterable[str] = ()) -> Mapping[str, Any]:
    """The object `raw` with all of `need` and nothing but `need` and `may`; else BadQuestionError names `what`."""
    needed = set(need)
    if not isinstance(raw, Mapping):
        raise BadQuestionError(_("%(what)s: write an object with named fields.") % {"what": what})
    if missing := needed - set(raw):
        raise BadQuestionError(
            _("%(what)s: add %(names)s.") % {"what": what, "names": ", ".join(f"“{name}”" for name in sorted(missing))}
        )
    if unknown := set(raw) - needed - set(may):
        raise BadQuestionError(
            _("%(what)s: take out %(names)s, which this kind does not have.")
            % {"what": what, "names": ", ".join(f"“{name}”" for name in sorted(map(str, unknown)))}
        )
    return raw


def listed(raw: object, what: str, *, least: int = 1) -> list[Any]:
    """A list of at least so many entries."""
    if not isinstance(raw, list) or len(raw) < least:
        raise BadQuestionError(_("%(what)s: list at least %(least)d.") % {"what": what, "least": least})
    return raw


def text_of(raw: object, what: str, *, empty: bool = False) -> str:
    """A text, not empty unless it may be, of signs that a database keeps."""
    if not isinstance(raw, str) or not (empty or raw.strip()) or "\0" in raw or not _encodes(raw):
        raise BadQuestionError(_("%s: write a text.") % what)
    return raw


def _encodes(text: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


def flag_of(raw: object, what: str) -> bool:
    """True or false."""
    if not isinstance(raw, bool):
        raise BadQuestionError(_("%s: write true or false.") % what)
    return raw


def whole_of(raw: object, what: str, *, least: int, most: int) -> int:
    """A whole number within bounds."""
    if isinstance(raw, bool) or not isinstance(raw, int) or not least <= raw <= most:
        raise BadQuestionError(
            _("%(what)s: write a whole number from %(least)d to %(most)d.")
            % {"what": what, "least": least, "most": most}
        )
    return raw


def share_of(raw: object, what: str, *, least: int = 0) -> Fraction:
    """A share written as a fraction (“1/3”, “-1/4”, “1”), from `least` to 1.

    Denominators are small, so that the sums of a whole quiz stay numbers that a database holds.
    """
    if isinstance(raw, str) and re.fullmatch(r"-?[0-9]{1,3}(/[1-9][0-9]{0,2})?", raw):
        share = Fraction(raw)
        if least <= share <= 1 and share.denominator <= 100:
            return share
    raise BadQuestionError(
        _("%(what)s: write a share from %(least)d to 1 as a fraction of at most hundredths, such as “1/3”.")
        % {"what": what, "least": least}
    )


def decimal_of(raw: object, what: str) -> Fraction:
    """An exact number written as a decimal (“45.5”)."""
    if isinstance(raw, str) and re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", raw):
        return Fraction(raw)
    raise BadQuestionError(_("%s: write a decimal number as text, such as “45.5”.") % what)


def key_of(raw: object, what: str) -> str:
    """A key: a short word that can name a part of an answer."""
    if isinstance(raw, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,40}", raw):
        return raw
    raise BadQuestionError(_("%s: write a key of letters, digits, - and _.") % what)


def unique(keys: Iterable[str], what: str) -> None:
    """Refuse a key that stands twice."""
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise BadQuestionError(_("%(what)s: the key “%(key)s” stands twice.") % {"what": what, "key": key})
        seen.add(key)


def keyed_of(raw: object, what: str, *, least: int) -> tuple[Keyed, ...]:
    """A list of `{key, text}`, no text twice: nobody could tell them apart."""
    found = []
    for row in listed(raw, what, least=least):
        row = fields(row, what, need=("key", "text"))
        found.append(Keyed(key_of(row["key"], what), text_of(row["text"], what).strip()))
    if len({entry.text for entry in found}) < len(found):
        raise BadQuestionError(_("%s: two have the same text. Change or remove one.") % what)
    return tuple(found)


def no_choices(choices: Sequence[Choice]) -> None:
    """Refuse choices beside a content that says it all."""
    if choices:
        raise BadQuestionError(_("This kind has no choices: leave them empty and write its content."))


# ---- reading answers ----


def chosen_keys(raw: object, known: Iterable[str]) -> Answer:
    """Read one key, a list of keys or nothing; keys that are not this question's are refused, doubles count once."""
    if raw is None or raw == "":
        return []
    given = [raw] if isinstance(raw, str) else raw
    known = set(known)
    if not isinstance(given, list) or not all(isinstance(key, str) and key in known for key in given):
        raise BadAnswerError("not a choice of this question")
    return sorted(set(given))


def pairs(raw: object, parts: Iterable[str]) -> dict[str, str]:
    """Read a dict by part, a list of `part=value`, one such piece or nothing; empty values are left out.

    Parts stand in the question's order. What names another part, or one part twice, is refused.
    """
    if raw is None or raw == "":
        return {}
    if isinstance(raw, str):
        raw = [raw]
    if isinstance(raw, list):
        pieces = [piece.partition("=") for piece in raw if isinstance(piece, str)]
        given = {part: value for part, is_, value in pieces if is_}
        if len(given) != len(raw):
            raise BadAnswerError("not a list of part=value, each part once")
        raw = given
    known = list(parts)
    if not isinstance(raw, dict) or not set(raw) <= set(known):
        raise BadAnswerError("not a part of this question")
    if not all(isinstance(value, str | None) for value in raw.values()):
        raise BadAnswerError("the value of a part is text")
    return {part: raw[part] for part in known if raw.get(part)}


def typed(raw: object) -> Answer:
    """What was sent, in the shape of an answer, so that a page can show again what it could not read."""
    if isinstance(raw, dict):
        return [f"{part}={value}" for part, value in raw.items() if isinstance(value, str) and value]
    return [value for value in (raw if isinstance(raw, list) else [raw]) if isinstance(value, str) and value]


def given_parts(answer: Answer) -> dict[str, str]:
    """The pieces of a stored answer by part."""
    return {part: value for part, is_, value in (piece.partition("=") for piece in answer) if is_}


def pieces(given: Mapping[str, str]) -> Answer:
    """The stored form of values by part."""
    return [f"{part}={value}" for part, value in given.items()]


def line(raw: str) -> str:
    """One line of typed text: white space folded, signs that cannot be printed left out."""
    return " ".join("".join(sign if sign.isspace() or sign.isprintable() else "" for sign in raw).split())


def one_text(raw: object) -> str:
    """The one text that an answer is; empty is none."""
    if raw is None or raw == []:
        return ""
    if isinstance(raw, list) and len(raw) == 1:
        raw = raw[0]
    if not isinstance(raw, str):
        raise BadAnswerError("not one text")
    return raw


def plain(text: str, *, case: bool = False, accents: bool = False) -> str:
    """Text as it is compared: compatibility forms and apostrophes made one, case and accents only where asked."""
    # An acute accent that stands alone is typed for an apostrophe; NFKC would make it a space and a mark.
    text = re.sub("[‘’‛ʼ`′]", "'", unicodedata.normalize("NFKC", text.replace("´", "'")))
    if not case:
        text = text.casefold()
    if not accents:
        text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text))


def arranged(order: Sequence[str], entries: Iterable[K]) -> Iterator[K]:
    """The entries in the order of an attempt."""
    by_key = {entry.key: entry for entry in entries}
    return (by_key[key] for key in order if key in by_key)


def letter(place: int) -> str:
    """The mark on a picture: A, B … Z, AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
