"""The words of a consent: which records, what the graduate signs, and what was told under it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from certification.certificates.models import Certificate

RECORDS: dict[str, Any] = {
    "status": _("my name, the kind, title, school, day and state of the certificate"),
    "totals": _(
        "my name, the kind, title, school, day and state of the certificate, my hours by subject and by evidence, and the "
        "certificate itself"
    ),
    "transcript": _(
        "my name, the kind, title, school, day and state of the certificate, my hours by subject and by evidence, the "
        "certificate itself, and the transcript with each course, its days, hours and grade, my placements and what "
        "other schools sent"
    ),
}
"""By scope, which records a consent names (34 CFR 99.30)."""


def statement_of(
    *,
    certificate: Certificate,
    scope: str,
    recipient: str,
    purpose: str,
    until_on: date,
    handed: tuple[str, str] | None = None,
) -> str:
    """What the graduate signs, with every element in it; it is kept as it is said here. `handed`: how and where the
    school itself sends it."""
    said = {
        "name": certificate.holder_name,
        "school": certificate.school_name,
        "code": certificate.code,
        "records": RECORDS[scope],
        "recipient": recipient or gettext("anyone who has the link"),
        "purpose": purpose,
        "day": date_format(until_on, "j F Y"),
    }
    if handed is None:
        return (
            gettext(
                "I, %(name)s, allow %(school)s to disclose of certificate %(code)s: %(records)s. To: %(recipient)s. "
                "For: %(purpose)s. Until %(day)s. I can withdraw this at any time."
            )
            % said
        )
    way, address = handed
    return gettext(
        "I, %(name)s, allow %(school)s to disclose of certificate %(code)s: %(records)s. To: %(recipient)s. "
        "For: %(purpose)s. Until %(day)s. The school sends it itself. %(way)s: %(address)s. I can withdraw this at any "
        "time before it went."
    ) % {**said, "way": way, "address": address}


_TOLD: dict[str, Any] = {
    "valid": _("it is valid"),
    "superseded": _("it was replaced"),
    "revoked": _("it was revoked"),
    "expired": _("it has expired"),
    "name": _("your name"),
    "totals": _("your hours by subject"),
    "name_match": _("the name that they asked matches"),
    "name_differs": _("the name that they asked differs"),
    "claims_match": _("hours that they asked match"),
    "claims_differ": _("hours that they asked differ"),
    "pdf": _("the certificate (PDF)"),
    "json": _("the certificate (JSON)"),
    "jwt": _("the certificate (JWT)"),
    "png": _("the certificate (picture)"),
    "notice": _("the notice that it was revoked"),
    "transcript": _("the transcript (PDF)"),
    "clr": _("the transcript (JSON)"),
    # As looks said it before each part was named.
    "certificate": _("your name"),
    "hours": _("your name, and your hours by subject"),
}


def told(*codes: str) -> str:
    """What one look keeps of what was told: codes of `told_words`, the state of the certificate first."""
    return ", ".join(codes)


def told_words(kept: str) -> list[str]:
    """The same as the graduate reads it, a part each; a code from elsewhere stands as it is."""
    return [str(_TOLD.get(code, code)) for code in kept.split(", ") if code]


def line_told(status: str, name: str, claims: Iterable[str]) -> str:
    """What one line of a check told, in the codes of `told_words`. Which hours, the check's own page says."""
    answers = set(claims)
    parts = [f"name_{name}"] if name else []
    parts += ["claims_match"] if "matches" in answers else []
    parts += ["claims_differ"] if "differs" in answers else []
    return told(status, *parts)
