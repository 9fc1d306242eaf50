"""Names of people: as they are printed and frozen, and as they are compared."""

import unicodedata


def clean_name(name: str) -> str:
    """A name as it is printed and frozen: NFC, single spaces, no control characters."""
    name = unicodedata.normalize("NFC", name)
    return " ".join("".join(" " if unicodedata.category(s) in ("Cc", "Zl", "Zp") else s for s in name).split())


_SAME_SIGN = str.maketrans({"’": "'", "ʼ": "'", "‘": "'", "`": "'", "´": "'", "‐": "-", "‑": "-", "–": "-", "—": "-"})


def folded_name(name: str) -> str:
    """A name as it is compared: NFKC, case and spaces folded, one kind of apostrophe and hyphen. Accents matter."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name.translate(_SAME_SIGN)).casefold())
    return " ".join(folded.split())


def same_name(held: str, asked: str) -> bool:
    """Whether somebody who typed `asked` means the name on the certificate."""
    return folded_name(held) == folded_name(asked)
