"""What the notice of a revocation sets: the certificate as it was frozen, and the revocation as it stands."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from .. import documents
from ..models import Certificate


def sheet_of(certificate: Certificate, *, by: str) -> Mapping[str, Any]:
    """The sheet of a notice; `by` is who revoked, as it may be printed, or empty. No query when all is loaded."""
    revocation, facts = certificate.revocation, certificate.facts
    kind = str(certificate.get_kind_display())
    day = documents.written_day(revocation.revoked_on.isoformat())
    written = revocation.at.astimezone(ZoneInfo(certificate.school.zone)).date()
    told = {"holder": certificate.holder_name, "kind": kind, "day": day, "school": certificate.school_name}
    words = {
        "kind": _("Notice of revocation"),
        "sentence": _(
            "The document named below, issued by %(school)s, was revoked. It no longer holds from %(day)s on."
        )
        % told,
        "what_follows": _("What follows from it."),
        "what_follows_text": _(
            "Whoever checks its code sees from now on that it was revoked and since when. A paper, file or picture of "
            "it proves nothing any more. The hours in the school’s log stand as they are: a revocation changes none."
        ),
        "ask": _("Whom to ask."),
        "ask_text": _(
            "The registrar of %(school)s answers questions about it. Who holds the document may ask for the reasons in "
            "writing, and object to them there."
        )
        % told,
        "not_graduate": _("If you were shown this document."),
        "not_graduate_text": _("Check the code at the address below rather than rely on the paper before you."),
    }
    sheet = documents.frame(facts, words)
    sheet["title"] = f"{words['kind']}: {facts['credential']['title']}"
    sheet["date"] = documents.written_day(written.isoformat())
    sheet["facts"] = [
        {"name": _("Document"), "value": kind},
        {"name": _("About"), "value": certificate.title},
        {"name": _("In the name of"), "value": certificate.holder_name},
        {"name": _("Code"), "value": certificate.code},
        {"name": _("Issued"), "value": documents.written_day(certificate.issued_on.isoformat())},
        {"name": _("Revoked from"), "value": day},
        {"name": _("Reason"), "value": str(revocation.get_reason_display())},
        *([{"name": _("Revoked by"), "value": by}] if by else []),
    ]
    return sheet
