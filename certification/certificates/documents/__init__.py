"""Draws certificates: frozen facts in, bytes of a PDF out. Touches no database and no network.

The template is Typst markup of ours; facts and words reach it as JSON and are set as text, never as markup. The fonts
lie beside it, whole, so that the same facts make the same bytes on every machine.
"""

import functools
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import look, transcript

HERE = Path(__file__).parent
STANDARDS: list[Any] = ["a-3a", "ua-1"]
NBSP = "\N{NO-BREAK SPACE}"
Sheet = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""From frozen facts to what a template sets."""
_MISSING = re.compile(r'the text `"(.*?)"` could not')
_PROBE = b"""#import "/palm.typ": *
#set document(title: "x")
#set text(lang: "en", font: serif)
#named(json(bytes(sys.inputs.text)))"""


class CannotDrawError(ValueError):
    """No font of ours has these signs; nothing was drawn."""

    def __init__(self, signs: str) -> None:
        super().__init__(signs)
        self.signs = signs


@functools.cache
def _fonts() -> typst.Fonts:
    # Neither the machine's fonts nor typst's own: the file must not depend on where it is made.
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(HERE / "fonts")])


def _compile(source: Any, inputs: dict[str, str], at: datetime | int, **options: Any) -> bytes:
    compiler = typst.Compiler(source, root=str(HERE), font_paths=_fonts())
    options = options or {"format": "pdf", "pdf_standards": STANDARDS}
    try:
        pdf = compiler.compile(timestamp=at, sys_inputs=inputs, **options)
    except typst.TypstError as error:
        missing = _MISSING.search(error.message)
        if missing:
            raise CannotDrawError(missing.group(1)) from error
        raise
    if isinstance(pdf, list) and isinstance(pdf[0], bytes):
        return pdf[0]  # a picture of each page; the first stands for all
    if not isinstance(pdf, bytes):
        raise TypeError("a document is one file")
    return pdf


def _draws(text: str) -> bool:
    try:
        _compile(_PROBE, {"text": json.dumps(text)}, 0)
    except CannotDrawError:
        return False
    return True


@functools.lru_cache(maxsize=512)
def undrawable(text: str) -> str:
    """The signs of a name that no font of ours has, once each; empty when it can be set. About 3 ms."""
    if not text or _draws(text):
        return ""
    return "".join(sign for sign in dict.fromkeys(text) if not sign.isspace() and not _draws(sign)) or text


def qr(address: str) -> str:
    """The square code of an address as SVG, error level M; the page keeps the quiet zone."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", border=0, dark="#2b221b", light=None, xmldecl=False, omitsize=True
    )
    return out.getvalue().decode()


def verify_address(code: str) -> str:
    """Where anyone checks this code: stands in the square code and is never changed."""
    return f"{settings.BASE_URL}/verify/{code}"


def hours_in(minutes: int, unit: int) -> str:
    """Minutes in hours of `unit` minutes and the rest: `52 h 30 min`."""
    hours, rest = divmod(minutes, unit)
    parts = [f"{hours:,}{NBSP}{_('h')}"] if hours or not rest else []
    parts += [f"{rest}{NBSP}{_('min')}"] if rest else []
    return NBSP.join(parts)


def hours_in_words(minutes: int, unit: int) -> str:
    """Minutes in words: `52 hours 30 minutes`, hours of `unit` minutes."""
    hours, rest = divmod(minutes, unit)
    words = [ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": f"{hours:,}"}]
    words += [ngettext("%(n)d minute", "%(n)d minutes", rest) % {"n": rest}] if rest else []
    return " ".join(words)


def written_day(iso: str) -> str:
    """A day as documents write it, kept on one line."""
    return date_format(date.fromisoformat(iso), "j F Y").replace(" ", NBSP)


def hour_rows(nodes: list[Mapping[str, Any]], unit: int, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Categories as rows of a table, children below their parents."""
    for node in nodes:
        yield {"depth": depth, "title": node["title"], "hours": hours_in(node["counted"], unit)}
        yield from hour_rows(node["children"], unit, depth + 1)


def frame(facts: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    """What every document of a certificate sets: school, holder, signers, code; `words` are its own, `kind` the first."""
    school, issue = facts["school"], facts["issue"]
    license_ = _("School license %(number)s") % {"number": school["licence_number"]} if school["licence_number"] else ""
    address = ", ".join(line.strip() for line in school["address"].splitlines() if line.strip())
    prepared, issued = issue["signers"]
    return {
        "lang": translation.get_language() or settings.LANGUAGE_CODE,
        "paper": look.paper_of(facts),
        "title": f"{words['kind']}: {facts['credential']['title']}",
        "author": school["name"],
        "description": f"{issue['code']} · {verify_address(issue['code'])}",
        "school": {"name": school["name"], "lines": " · ".join(part for part in (address, license_) if part)},
        "holder": facts["student"]["name"],
        "latin": facts["student"].get("latin", ""),
        "credential": facts["credential"]["title"],
        "words": {
            "qr_alt": _("Square code that opens the page where this certificate is checked"),
            "check": _("Check that it is valid"),
            "attached": _("The signed credential that this document prints"),
            **words,
        },
        "signers": [
            {
                "id": prepared["id"],
                "name": prepared["name"],
                "title": prepared["title"],
                "act": _("Prepared %(day)s") % {"day": written_day(prepared["on"])},
            },
            {
                "id": issued["id"],
                "name": issued["name"],
                "title": issued["title"],
                "act": _("Signed and issued %(day)s") % {"day": written_day(issued["on"])},
            },
        ],
        "code": issue["code"],
        "address": verify_address(issue["code"]),
        "address_shown": verify_address("").split("://")[-1].rstrip("/"),
    }


def completion_sheet(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What the template of a certificate of completion sets, from the frozen facts alone."""
    issue, rules = facts["issue"], facts["rule_set"]
    unit, total = rules["unit_minutes"], facts["totals"]["total"]
    words = {
        "kind": _("Certificate of completion"),
        "certifies": _("This certifies that"),
        "completed": _("has completed the program"),
        "sentence": _(
            "%(hours)s of instruction and supervised practice, studied from %(start)s to %(end)s. "
            "Awarded on %(awarded)s."
        )
        % {
            "hours": hours_in_words(total["counted"], unit),
            "start": written_day(facts["enrollment"]["started_on"]),
            "end": written_day(facts["enrollment"]["last_day_on"]),
            "awarded": written_day(issue["issued_on"]),
        }
        + (
            " " + _("It holds until %(day)s.") % {"day": written_day(issue["expires_on"])}
            if issue.get("expires_on")
            else ""
        ),
        "hours": _("Hours that count, of %(unit)d minutes") % {"unit": unit},
        "subject": _("Subject"),
        "counted": _("Counted"),
        "together": _("Together"),
        "not_head": _("What this certificate is not."),
        "not_text": _(
            "It is not a license to practice and not a state or board certification. Whether these hours meet a law "
            "or the rules of a board is for that authority to decide. Judged by rule set %(label)s (%(status)s)."
        )
        % {"label": rules["label"], "status": _rule_status(rules["status"])},
        **proof_words(facts),
    }
    return {
        **frame(facts, words),
        "rows": list(hour_rows(facts["totals"]["categories"], unit)),
        "total": hours_in(total["counted"], unit),
        "rules": rules["label"],
    }


def proof_words(facts: Mapping[str, Any]) -> dict[str, str]:
    """The two words about the log behind the hours, and its root."""
    root = facts["ledger"]["root"]
    return {
        "proof_head": _("What stands behind it."),
        "proof_text": ngettext(
            "Every hour is a line in the school’s append-only log, read at %(size)s line, root %(root)s.",
            "Every hour is a line in the school’s append-only log, read at %(size)s lines, root %(root)s.",
            facts["ledger"]["size"],
        )
        % {
            "size": f"{facts['ledger']['size']:,}",
            "root": " ".join(root[start : start + 8] for start in range(0, len(root), 8)),
        },
    }


def _rule_status(status: str) -> str:
    return {
        "verified": _("checked against its source"),
        "unverified": _("not yet checked against its source"),
        "sample": _("a sample, no regulator’s rule"),
    }[status]


def draw(template: str, sheet_of: Sheet, facts: Mapping[str, Any], *, credential: str = "") -> bytes:
    """A document of any kind, as `completion_pdf` draws its own; `template` lies beside this file."""
    with translation.override(settings.LANGUAGE_CODE):
        sheet = sheet_of(facts)
    return _draw(template, sheet, facts, credential)


def completion_pdf(facts: Mapping[str, Any], *, credential: str = "") -> bytes:
    """The certificate of completion as PDF/A-3a and PDF/UA-1; the same input makes the same bytes.

    `credential` is the signed credential, which is attached. Raises CannotDrawError when a sign of the facts stands in
    no font of ours.
    """
    return draw("completion.typ", completion_sheet, facts, credential=credential)


def transcript_pdf(facts: Mapping[str, Any], *, credential: str = "") -> bytes:
    """The transcript, as `completion_pdf` draws a certificate."""
    with translation.override(settings.LANGUAGE_CODE):
        sheet = transcript.sheet_of(facts, completion_sheet(facts), hours_in)
    return _draw("transcript.typ", sheet, facts, credential)


def badge_png(facts: Mapping[str, Any], sheet_of: Sheet = completion_sheet) -> bytes:
    """The picture of a badge, 600 signs square, without its credential; the same facts make the same bytes.

    `sheet_of` makes the sheet of the certificate's kind.
    """
    with translation.override(settings.LANGUAGE_CODE):
        sheet = dict(sheet_of(facts))
        sheet["year"] = facts["issue"]["issued_on"][:4]
        inputs = {"sheet": json.dumps(sheet), **_dress(facts)}
    return _compile(str(HERE / "badge.typ"), inputs, _moment(facts), format="png", ppi=72)


def page_png(facts: Mapping[str, Any], kind: str) -> bytes:
    """The first page of a certificate or transcript (`certificate`, `transcript`) as a picture, to be looked at."""
    with translation.override(settings.LANGUAGE_CODE):
        sheet = completion_sheet(facts)
        template = "completion.typ"
        if kind == "transcript":
            template, sheet = "transcript.typ", transcript.sheet_of(facts, sheet, hours_in)
    return _draw(template, sheet, facts, "", format="png", ppi=110)


def _moment(facts: Mapping[str, Any]) -> int:
    return int(datetime.fromisoformat(facts["issue"]["issued_at"]).timestamp())


def _dress(facts: Mapping[str, Any]) -> dict[str, str]:
    """The school's look as inputs of any template that imports palm.typ."""
    return {"look": json.dumps(look.colors_of(facts)), **look.pictures_of(facts)}


def _draw(template: str, sheet: Mapping[str, Any], facts: Mapping[str, Any], credential: str, **options: Any) -> bytes:
    with translation.override(settings.LANGUAGE_CODE):
        inputs = {"sheet": json.dumps(sheet), "qr": qr(sheet["address"]), **_dress(facts)}
    if credential:
        inputs["credential"] = credential
    return _compile(str(HERE / template), inputs, _moment(facts), **options)
