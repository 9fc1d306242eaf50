"""Pure: what an organisation is told of one code, name and claim of hours, against what was frozen at issue.

Whoever asks learns of a code what anyone may; whether a claim is right it learns by the graduate's consent alone, and a
code that she hides answers as one that never was, unless she consented to this organisation.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from certification.certificates.rules import UNKNOWN, same_name

MATCH, DIFFERS = "match", "differs"
"""Of a name that was asked."""
MATCHES, NOT_CONSENTED = "matches", "not_consented"
"""Of a claim, beside `DIFFERS`."""
TOTAL = "total"
"""The claim that speaks of all the hours; no category may be called so."""
NOTHING: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of a check: a code as it is shown, the name on the paper (empty: none was asked), and claims in minutes by
    category, tag or `total`. `row` is its number in the table that it came from, as spreadsheets count; 0 for none.
    """

    code: str
    name: str = ""
    claims: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    row: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """What the register holds of a code, and what its graduate allows the organisation that asks.

    `names` are the spellings on the certificate, `minutes` what it states (`stated_minutes`). `consented` says that an
    open consent of hers names the organisation; `shows_totals` that it reaches the hours, `shows_record` the transcript.
    """

    state: str
    names: tuple[str, ...]
    minutes: Mapping[str, int]
    record: str
    hidden: bool = False
    consented: bool = False
    shows_totals: bool = False
    shows_record: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is told of one line. `name` is empty where none was asked; `record` where no consent reaches it."""

    status: str
    name: str = ""
    claims: Mapping[str, str] = field(default_factory=dict)
    record: str = ""

    @property
    def is_miss(self) -> bool:
        """A guess that failed: what the watch over probing counts. A claim that differs is a finding, not a guess."""
        return self.status == UNKNOWN or self.name == DIFFERS


def is_shown(*, hidden: bool, consented: bool) -> bool:
    """Whether a code answers this organisation at all."""
    return consented or not hidden


def judge(asked: Asked, held: Held | None) -> Verdict:
    """The verdict on one line; `held` is None for a code that never was.

    Without consent to totals each claim is `not_consented`, whatever is true.
    """
    if held is None or not is_shown(hidden=held.hidden, consented=held.consented):
        return Verdict(UNKNOWN, DIFFERS if asked.name.strip() else "", dict.fromkeys(asked.claims, NOT_CONSENTED))
    return Verdict(
        held.state,
        _name(asked.name, held.names),
        {code: _claim(minutes, _stated(held, code), held) for code, minutes in asked.claims.items()},
        held.record if held.consented and held.shows_record else "",
    )


def _name(asked: str, names: Iterable[str]) -> str:
    if not asked.strip():
        return ""
    return MATCH if any(same_name(held, asked) for held in names if held) else DIFFERS


def _stated(held: Held, code: str) -> int | None:
    """The minutes under a code, in whatever case it is written."""
    return held.minutes.get(code, {key.casefold(): value for key, value in held.minutes.items()}.get(code.casefold()))


def _claim(claimed: int, stated: int | None, held: Held) -> str:
    if not (held.consented and held.shows_totals):
        return NOT_CONSENTED
    return MATCHES if claimed == stated else DIFFERS


def stated_minutes(facts: Mapping[str, Any], evaluation: Mapping[str, Any]) -> dict[str, int]:
    """The counted minutes that a certificate states, by category and tag, and of all under `total`.

    From the facts frozen at issue; a course of continuing education states its approved minutes alone, a certificate of
    achievement none.
    """
    if "totals" not in facts:
        education = facts.get("education")
        return {TOTAL: int(education["minutes"])} if education else {}
    # A tag and a category may share a code: then the category is meant, as in the rules' own gates.
    stated = {overlay["tag"]: int(overlay["counted"]) for overlay in evaluation.get("overlays", ())}
    waiting = list(facts["totals"]["categories"])
    while waiting:
        node = waiting.pop()
        stated[node["code"]] = int(node["counted"])
        waiting += node["children"]
    stated[TOTAL] = int(facts["totals"]["total"]["counted"])
    return stated
