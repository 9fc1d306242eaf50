"""Reads who graduated in some days, and the lists that were made of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, OuterRef, QuerySet, Subquery

from accounts.models import Organisation
from certification.certificates.models import Certificate, Kind
from certification.records.rules.tables import as_csv

from .. import graduates
from ..models import GraduateLine, GraduateList, Visibility


@dataclass(frozen=True, slots=True)
class Graduates:
    """Who got a certificate of completion in some days: who can be listed, and who hides her code."""

    shown: tuple[Certificate, ...]
    hidden: tuple[Certificate, ...]


def graduates_between(school: Organisation, from_on: date, to_on: date) -> Graduates:
    """What this school issued in these days and still holds; the oldest first. One query.

    Who hides her code, and whose account is gone so that she could not any more, is hidden.
    """
    newest = Visibility.objects.filter(certificate=OuterRef("pk")).order_by("-pk").values("hidden")[:1]
    rows = (
        Certificate.objects.filter(
            school=school,
            kind=Kind.COMPLETION,
            revocation=None,
            superseded_by=None,
            issued_on__range=(from_on, to_on),
        )
        .annotate(hides=Subquery(newest), here=F("record__learner__user__is_active"))
        .defer("evaluation")
        .order_by("issued_at", "pk")
    )
    shown: list[Certificate] = []
    hidden: list[Certificate] = []
    for certificate in rows:
        (hidden if certificate.hides or not certificate.here else shown).append(certificate)
    return Graduates(tuple(shown), tuple(hidden))


def graduate_file(certificates: Iterable[Certificate]) -> bytes:
    """The list as a table, from the frozen facts. The same certificates in the same order are the same bytes."""
    return as_csv(graduates.HEADER, (graduates.cells(one.facts, one.code) for one in certificates))


def graduate_lists_of(school: Organisation) -> QuerySet[GraduateList]:
    """The lists of a school, newest first, each with how many stand in it. One query."""
    rows = GraduateList.objects.filter(school=school).annotate(many=Count("lines"))
    return rows.select_related("made_by").order_by("-number")


def listed_in(found: GraduateList) -> list[Certificate]:
    """The certificates of a list in its order. One query."""
    rows = Certificate.objects.filter(graduate_lines__list=found).annotate(line=F("graduate_lines__line"))
    return list(rows.defer("evaluation").order_by("line"))


def lists_with(certificate: Certificate) -> QuerySet[GraduateLine]:
    """The lists in which a certificate stands, newest first; the dropped ones too, for their files were there to take.

    One query.
    """
    return GraduateLine.objects.filter(certificate=certificate).select_related("list").order_by("-list__made_at", "-pk")
