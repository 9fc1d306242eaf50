"""Who is the same person: addresses that reach one mailbox, and names that can be one name."""

import re
import unicodedata

# Letters of other scripts that look like Latin ones: two addresses that differ only in these are meant to deceive.
_LOOK_ALIKES = str.maketrans("авеікмнорстухѕјԁαβεικνορτυχоıł", "abeikmhopctyxsjdabeikvoptuxoil")
_SAME_DOMAIN = {"googlemail.com": "gmail.com"}


def _plain(text: str) -> str:
    """Fold case, width, accents, invisible signs and look-alike letters."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    parts = unicodedata.normalize("NFKD", folded)
    visible = "".join(sign for sign in parts if unicodedata.category(sign) not in {"Mn", "Cf"})
    return visible.translate(_LOOK_ALIKES)


def canonical_address(address: str) -> str:
    """The mailbox behind an e-mail address: case, +tag, dots, accents and look-alike letters make no difference.

    Stricter than mail servers are, since it only decides who may not sign.
    """
    text = unicodedata.normalize("NFKC", address).strip().strip("<>").casefold()
    local, _at, domain = text.rpartition("@")
    domain = domain.strip().rstrip(".")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        domain = _plain(domain)
    local = _plain(local.strip().strip('"')).partition("+")[0].replace(".", "").replace(" ", "")
    return f"{local}@{_SAME_DOMAIN.get(domain, domain)}"


def domains_alike(address: str) -> frozenset[str]:
    """The spellings of the domain under which the same mailbox may be on file, for a first sieve in the database."""
    domain = canonical_address(address).rpartition("@")[2]
    alike = {domain} | {other for other, same in _SAME_DOMAIN.items() if same == domain}
    for name in tuple(alike):
        try:
            alike.add(name.encode("ascii").decode("idna"))
        except UnicodeError:
            continue
    return frozenset(alike)


_TITLES = frozenset(["dr", "mr", "mrs", "ms", "mx", "miss", "prof", "sr", "sra", "srta"])


def _name_parts(name: str) -> list[str]:
    # What follows a comma is a degree or a licence, not a name.
    words = re.split(r"[\s\-–.'’]+", _plain(name.partition(",")[0]))
    return [word for word in words if word and word not in _TITLES]


def same_person(registered: str, typed: str) -> bool:
    """Whether a typed name can be that of the person on file: two parts agree, one of them in full.

    An initial stands for its name; titles and degrees do not matter. A colleague of the same first name does not pass.
    """
    known, given = _name_parts(registered), _name_parts(typed)
    if not known or not given:
        return False
    whole = [part for part in known if part in given]
    rest_known = [part for part in known if part not in given]
    rest_given = [part for part in given if part not in known]
    initials = sum(
        any(len(short) == 1 and full.startswith(short) for short in rest_given)
        or any(len(full) == 1 and long.startswith(full) for long in rest_given)
        for full in rest_known
    )
    return bool(whole) and len(whole) + initials >= min(2, len(known))
