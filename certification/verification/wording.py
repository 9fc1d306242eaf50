"""The sentences of a consent: which records in words, and what the graduate signs."""

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
        "certificate itself, and the transcript with each course, its days, hours and marks"
    ),
}
"""By scope, which records a consent names (34 CFR 99.30)."""


def statement_of(*, certificate: Certificate, scope: str, recipient: str, purpose: str, until_on: date) -> str:
    """What the graduate signs, with every element in it; it is kept as it is said here."""
    return gettext(
        "I, %(name)s, allow %(school)s to disclose of certificate %(code)s: %(records)s. To: %(recipient)s. "
        "For: %(purpose)s. Until %(day)s. I can withdraw this at any time."
    ) % {
        "name": certificate.holder_name,
        "school": certificate.school_name,
        "code": certificate.code,
        "records": RECORDS[scope],
        "recipient": recipient or gettext("anyone who has the link"),
        "purpose": purpose,
        "day": date_format(until_on, "j F Y"),
    }
