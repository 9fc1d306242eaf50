"""How a school's documents look: the version in use, those tried out, the files, and the facts that an issue freezes."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Q

from accounts.models import Organisation, User

from .. import rules
from ..documents import look as drawing
from ..models import DocumentLook, Hand, LookFile

VERSIONS_SHOWN = 12


def look_in_use(school: Organisation) -> DocumentLook | None:
    """The version that documents are drawn with now; None while the school chose none. One query."""
    looks = DocumentLook.objects.filter(school=school, adopted_at__isnull=False)
    return looks.select_related("logo", "seal_picture").order_by("-adopted_at", "-number").first()


def looks_of(school: Organisation) -> list[DocumentLook]:
    """The newest versions of a school, newest first. One query."""
    looks = DocumentLook.objects.filter(school=school).select_related("logo", "seal_picture", "made_by", "adopted_by")
    return list(looks.order_by("-number")[:VERSIONS_SHOWN])


def look_of_number(school: Organisation, number: int) -> DocumentLook | None:
    """One version. One query."""
    return DocumentLook.objects.filter(school=school, number=number).select_related("logo", "seal_picture").first()


def hand_of(school: Organisation, user: User) -> LookFile | None:
    """A signer's handwriting at a school. One query."""
    last = Hand.objects.filter(school=school, user=user).select_related("file").order_by("-pk").first()
    return last.file if last else None


def _hands(school: Organisation, signers: Sequence[str]) -> dict[str, str]:
    rows = Hand.objects.filter(school=school, user__uuid__in=signers).order_by("pk")
    newest = {str(uuid): digest for uuid, digest in rows.values_list("user__uuid", "file__sha256")}
    return {signer: digest for signer, digest in newest.items() if digest}


def look_facts(
    school: Organisation, *, signers: Sequence[str] = (), look: DocumentLook | None = None
) -> dict[str, Any]:
    """What the facts of a document freeze of the school's look; empty where it chose none. At most two queries.

    `signers` are the UUIDs of the people whose handwriting it may bear; `look` is another version than that in use.
    `sha256` is over all the rest, so that anyone can tell whether two documents were drawn alike.
    """
    found = look or look_in_use(school)
    hands = _hands(school, signers) if signers else {}
    if found is None and not hands:
        return {}
    facts: dict[str, Any] = {"version": found.number if found else 0, "hands": hands}
    if found:
        facts |= {
            "accent": found.accent,
            "ground": found.ground,
            "paper": found.paper,
            "logo": found.logo.sha256 if found.logo else None,
            "seal": found.seal,
            "seal_picture": found.seal_picture.sha256 if found.seal_picture else None,
        }
    return {**facts, "sha256": rules.sha256(rules.canonical(facts).encode())}


def look_files(school: Organisation, facts: Mapping[str, Any]) -> dict[str, bytes]:
    """The files that frozen facts name, by their SHA-256, for `documents.look.files`. One query, none without a look."""
    return bodies_of(school, drawing.digests_of(facts))


def bodies_of(school: Organisation, digests: Collection[str]) -> dict[str, bytes]:
    """The bytes of a school's files by their SHA-256."""
    if not digests:
        return {}
    found = LookFile.objects.filter(Q(school=school), sha256__in=digests).values_list("sha256", "body")
    return {digest: bytes(body) for digest, body in found}
