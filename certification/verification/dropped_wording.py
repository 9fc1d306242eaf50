"""The sentences that are said of a dropped file. None repeats a word of the file: a forger would choose it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Words:
    """What one check is called, and what is said when it holds or does not."""

    title: Any
    good: Any
    bad: Any


FORM = _("Form")
FORMS: dict[str, Any] = {
    "credential": _("A signed credential (JSON)."),
    "token": _("A signed token (JWT)."),
    "picture": _("A picture (PNG) that carries a credential."),
    "pdf": _("A PDF that carries a credential."),
}
SIGNATURE = Words(
    _("Signature"),
    _("Every word is as it was signed."),
    _("The signature does not fit. The file was changed after it was signed, or was never signed by that key."),
)
CHECKS: dict[str, Words] = {
    "proof": SIGNATURE,
    "signature": SIGNATURE,
    "issuer": Words(
        _("Issuer"),
        _("It was signed by the one whom it names as issuer."),
        _("It names one issuer, and another signed it."),
    ),
    "dates": Words(
        _("Dates"),
        _("Today lies within the days for which it was issued."),
        _("Today lies outside the days for which it was issued."),
    ),
    "credentials inside": Words(
        _("Courses in the transcript"),
        _("All are signed by the same issuer, for the same person."),
        _("Some are not as they were signed, or belong to somebody else."),
    ),
    "seal": Words(
        _("Seal of the PDF"),
        _("The PDF is to the byte as it was sealed."),
        _("The PDF has no seal, or was changed after it was sealed. Do not trust what it prints."),
    ),
    "sealed by": Words(
        _("Who sealed the PDF"),
        _("The school that issued it."),
        _("Not the school that issued it. Do not trust what it prints, whatever it carries."),
    ),
}
NO_KEY_TO_CHECK = _("Not judged: we have no key to check it by.")
NOT_SIGNED = _("Not judged: the signature does not hold.")
KEY = _("Key")
KEY_KNOWN = _("It names a key of our register.")
KEY_FOREIGN = _("It names no key of ours. Somebody else made this file, whatever name stands on it.")
KEY_LEAKED = _(
    "It names a key that was withdrawn because it had leaked. Ask the graduate to download the file again: it was "
    "signed anew."
)
WHOSE = _("Whose key")
WHOSE_GONE = _("The key is ours, and no school signs by it.")
LIST = _("Status list")
LISTED: dict[bool | None, Any] = {
    False: _("Neither revoked nor replaced."),
    True: _("Revoked, or replaced by a newer one."),
    None: _("Its place is in no list of ours."),
}
TODAY = _("Today")
TODAY_UNSHOWN = _("Our register shows nothing for its code. Its owner may not show it: ask the graduate for a link.")
NOT_ASKED = _("Our register was not asked: it answers only for files that hold.")
STATES: dict[str, Any] = {
    "valid": _("The school stands behind it today."),
    "superseded": _("The school has issued a newer one in its place."),
    "revoked": _("The school revoked it. It proves nothing any more."),
    "expired": _("The time for which it held is over."),
}
BYTES = _("Bytes")
SAME_BYTES = _("The same file, byte for byte, as was issued.")
OTHER_PRINT = _("Not the file that was issued. What it carries is genuine; do not trust what it shows.")
OTHER_SPELLING = _("Saved anew by some program: other bytes, and the same signed words.")
CARRIED = _("Attached credential")
SAME_CARRIED = _("The one that was issued with this paper.")
OTHER_CARRIED = _("Not the one that was issued with this paper.")
NAME = _("Name")
NAMES: dict[str, Any] = {
    "match": _("The name that you typed is the name on it."),
    "differs": _("The name that you typed is not the name on it. Look at the spelling and at accents."),
}


def attached(title: Any) -> str:
    """The title of a check of the credential that a PDF carries."""
    return gettext("%(title)s of the attached credential") % {"title": title}


def whose(school: str) -> str:
    """Whose key signed it."""
    return gettext("%(school)s signed it.") % {"school": school}
