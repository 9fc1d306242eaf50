"""Judges a file that somebody dropped: what its signature proves, and what our register says of it to anyone.

Only of a file that one of our own keys signed is anything asked or said beyond its form, so a forged file learns
nothing here that its code would not tell.
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError

from accounts.models import Organisation
from certification.certificates.models import CertificateDocument, StatusPlace
from certification.certificates.rules import UNKNOWN, sha256
from certification.certificates.services import school_did
from certification.keys.models import SigningKey
from certification.keys.rules import padded
from certification.keys.selectors import IN_DOCUMENTS

from . import dropped_wording as wording
from .bounded import Found, look_into
from .offline import CREDENTIAL, PDF, PICTURE, TOKEN
from .selectors import Status, status_of

FOREIGN, CHANGED, LEAKED, UNSHOWN, GONE = "foreign", "changed", "leaked", "unshown", "gone"
_INSIDE = "attached credential: "
_FORMATS = {
    PDF: ("pdf", "transcript"),
    PICTURE: ("png",),
    CREDENTIAL: ("json", "clr"),
    TOKEN: ("jwt",),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at: `holds` is None for what could not be judged."""

    title: Any
    holds: bool | None
    words: Any


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of one file. `state` is that of its code where the file holds and its code is shown; else one of
    foreign (no key of ours), changed, leaked (by a key that was withdrawn), gone (revoked or replaced, and no more is
    shown) and unshown. `code`, `school` and `answer` stand only where the file holds by a key of the school.
    """

    state: str
    lines: tuple[Line, ...]
    code: str = ""
    school: str = ""
    answer: Status | None = None


def judge(data: bytes, *, at: datetime, name: str = "") -> Verdict:
    """Look into a file and say what holds. `name` is matched with the certificate's, which is never given.

    Raises bounded.BadFileError and bounded.BusyError. One query for a file that is not ours, at most six for one that
    is. Writes nothing.
    """
    keys = list(SigningKey.objects.filter(purpose__in=IN_DOCUMENTS))
    found = look_into(data, [_told(key) for key in keys if key.compromised_at is None], at)
    named = [key for key in keys if key.method in found.methods and key.purpose != SigningKey.Purpose.SEAL]
    lines = [Line(wording.FORM, True, wording.FORMS[found.kind])]
    state = _fault(found, named)
    lines += _signed(found, known=bool(named), leaked=state == LEAKED)
    if state:
        lines.append(Line(wording.TODAY, None, wording.NOT_ASKED))
        return Verdict(state, tuple(lines))
    return _ours(data, found, lines, name)


def _fault(found: Found, named: list[SigningKey]) -> str:
    """Why a file is not taken for ours; empty when it is. That a date has passed is no fault of the file."""
    if not named or {key.method for key in named} != set(found.methods):
        return FOREIGN
    if any(key.compromised_at for key in named):
        return LEAKED
    wrong = [name for name, holds in found.checks if holds is False and not name.endswith("dates")]
    return CHANGED if wrong else ""


def _signed(found: Found, *, known: bool, leaked: bool) -> Iterator[Line]:
    """The lines of what the file alone proves. Under a signature that does not hold, no word is taken for right."""
    signed = True
    for name, holds in found.checks:
        words = wording.CHECKS.get(name.removeprefix(_INSIDE))
        if words is None:
            continue
        title = wording.attached(words.title) if name.startswith(_INSIDE) else words.title
        if words is wording.SIGNATURE:
            signed = bool(holds)
            if known and not leaked:
                yield Line(title, holds, words.good if holds else words.bad)
            else:
                yield Line(title, None, wording.NO_KEY_TO_CHECK)
            said = wording.KEY_LEAKED if leaked else wording.KEY_KNOWN if known else wording.KEY_FOREIGN
            yield Line(wording.KEY, known and not leaked, said)
        elif holds and not signed:
            yield Line(title, None, wording.NOT_SIGNED)
        else:
            yield Line(title, holds, words.good if holds else words.bad)


def _ours(data: bytes, found: Found, lines: list[Line], name: str) -> Verdict:
    """Of a file that holds: whose it is, and what the register says of it today, no more than to anyone."""
    school = _school_of(found.issuer)
    code = _code_of(found.id)
    lines.append(Line(wording.WHOSE, bool(school), wording.whose(school) if school else wording.WHOSE_GONE))
    gone = _is_gone(found)
    lines.append(Line(wording.LIST, None if gone is None else not gone, wording.LISTED[gone]))
    try:
        answer = status_of(code, name=name or None)
    except ValidationError:
        answer = Status(UNKNOWN)
    if answer.status == UNKNOWN:
        lines.append(Line(wording.TODAY, None, wording.TODAY_UNSHOWN))
        return Verdict(GONE if gone else UNSHOWN, tuple(lines), school=school)
    lines.append(Line(wording.TODAY, answer.status == "valid", wording.STATES[answer.status]))
    lines += _bytes(data, found, code)
    if answer.name:
        lines.append(Line(wording.NAME, answer.name == "match", wording.NAMES[answer.name]))
    wrong = any(line.holds is False and line.title in (wording.BYTES, wording.CARRIED) for line in lines)
    return Verdict(CHANGED if wrong else answer.status, tuple(lines), code, school, answer)


def _bytes(data: bytes, found: Found, code: str) -> Iterator[Line]:
    """Whether the register holds the same bytes. One query."""
    formats = {*_FORMATS[found.kind], *(("json", "clr") if found.kind == PDF else ())}
    rows = CertificateDocument.objects.filter(certificate__code=code, format__in=formats)
    held = {(format_, digest) for format_, digest in rows.values_list("format", "sha256")}
    digest = sha256(data)
    same = any((format_, digest) in held for format_ in _FORMATS[found.kind])
    looks = found.kind in (PDF, PICTURE)  # what people see there is bound by no proof of the credential
    yield Line(
        wording.BYTES,
        True if same else False if looks else None,
        wording.SAME_BYTES if same else wording.OTHER_PRINT if looks else wording.OTHER_SPELLING,
    )
    if found.kind == PDF:
        carried = any((format_, found.inside) in held for format_ in ("json", "clr"))
        yield Line(wording.CARRIED, carried, wording.SAME_CARRIED if carried else wording.OTHER_CARRIED)


def _is_gone(found: Found) -> bool | None:
    """Whether the public list says revoked or replaced, from the rows that it is signed from; None: no such place. One
    query.
    """
    prefix = f"{settings.BASE_URL}/status/"
    try:
        uuid, place = UUID(found.list_address.removeprefix(prefix)), int(found.place)
    except ValueError:
        return None
    row = (
        StatusPlace.objects.filter(list__uuid=uuid, place=place)
        .values_list("certificate__revocation", "certificate__superseded_by")
        .first()
    )
    return None if row is None else any(one is not None for one in row)


_ADDRESS = re.compile(r"/(?:certificates|transcripts)/([0-9A-Z-]{1,40})\.json")


def _code_of(address: str) -> str:
    """The code in a credential's own address; empty where it has none of ours."""
    if not address.startswith(f"{settings.BASE_URL}/"):
        return ""
    found = _ADDRESS.fullmatch(address.removeprefix(settings.BASE_URL))
    return found[1] if found else ""


def _school_of(did: str) -> str:
    """The name of the school that signs by this DID; empty where none does. One query."""
    school = Organisation.objects.filter(slug=did.rpartition(":")[2]).first()
    return school.name if school is not None and school_did(school) == did else ""


def _told(key: SigningKey) -> dict[str, Any]:
    return {
        "did": key.name,
        "method": key.method,
        "ed25519": base64.b64encode(padded(key.public_key)).decode(),
        "jwk": {name: key.jwk[name] for name in ("kty", "n", "e")} if key.public_jwk else None,
        "asserts": key.purpose != SigningKey.Purpose.SEAL,
    }
