"""Which files a leaked key signed, and whether the status lists are signed in time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Organisation
from certification.keys.models import SigningKey

from .. import status
from ..models import Certificate, CertificateDocument, FileSigning, StatusList

_NOTICE = CertificateDocument.Format.NOTICE

_LEAKED = (
    Q(credential_key__compromised_at__isnull=False)
    | Q(token_key__compromised_at__isnull=False)
    | Q(seal_key__compromised_at__isnull=False)
)


def signed_by_leaked(certificate: Certificate) -> bool:
    """Whether a key that signed the newest files of a certificate has leaked since. One query."""
    return _newest().filter(_LEAKED, certificate=certificate).exists()


def to_sign_anew(school: Organisation | None = None) -> QuerySet[Certificate]:
    """Certificates whose newest files a leaked key signed, oldest first; of one school, or of all. One query."""
    found = Certificate.objects.filter(Exists(_newest().filter(_LEAKED, certificate=OuterRef("pk"))))
    return (found.filter(school=school) if school else found).order_by("pk")


def notices_to_seal_anew(school: Organisation | None = None) -> QuerySet[Certificate]:
    """Certificates whose newest notice of revocation was sealed while a key that has leaked since was in use. One query.

    Of one school, or of all; oldest first.
    """
    newer = CertificateDocument.objects.filter(
        certificate=OuterRef("certificate"), format=_NOTICE, version__gt=OuterRef("version")
    )
    names = FileSigning.objects.filter(certificate=OuterRef(OuterRef("certificate"))).values("seal_key__name")
    leaked = SigningKey.objects.filter(
        purpose=SigningKey.Purpose.SEAL,
        name__in=names,
        compromised_at__isnull=False,
        created_at__lte=OuterRef("created_at"),
        retired_at__gte=OuterRef("created_at"),
    )
    sealed = CertificateDocument.objects.filter(~Exists(newer), Exists(leaked), format=_NOTICE)
    found = Certificate.objects.filter(pk__in=sealed.values("certificate"))
    return (found.filter(school=school) if school else found).order_by("pk")


def _newest() -> QuerySet[FileSigning]:
    newer = FileSigning.objects.filter(certificate=OuterRef("certificate"), version__gt=OuterRef("version"))
    return FileSigning.objects.filter(~Exists(newer))


@dataclass(frozen=True, slots=True)
class Lag:
    """What the signing of a school lags behind with: certificates to sign anew, notices to seal, and lists that are late.

    `notices` counts notices of revocation: those to seal anew, and those that were due `status.LATE` after the
    revocation and are not there. `ends_at` is when the first of its lists is handed out no more, if nobody signs it.
    """

    school: Organisation
    to_sign_anew: int
    notices: int
    late_lists: int
    ends_at: datetime | None


def lags_of(schools: Collection[Organisation], *, now: datetime) -> list[Lag]:
    """The schools whose signing lags; none while all goes well. Three queries."""
    late: dict[int, list[StatusList]] = {}
    for found in StatusList.objects.filter(school__in=schools).defer("body", "token"):
        if status.is_late(stale_since=found.stale_since, signed_at=found.signed_at, now=now):
            late.setdefault(found.school_id, []).append(found)
    left: dict[int, int] = {}
    for school_id in to_sign_anew().filter(school__in=schools).values_list("school", flat=True):
        left[school_id] = left.get(school_id, 0) + 1
    waiting: dict[int, int] = {}
    for school_id in _notices_waiting(now).filter(school__in=schools).values_list("school", flat=True):
        waiting[school_id] = waiting.get(school_id, 0) + 1
    lags = []
    for school in schools:
        lists = late.get(school.pk, [])
        if lists or school.pk in left or school.pk in waiting:
            ends = [found.signed_at + status.SERVED_FOR for found in lists if found.signed_at]
            lags.append(
                Lag(school, left.get(school.pk, 0), waiting.get(school.pk, 0), len(lists), min(ends, default=None))
            )
    return lags


def _notices_waiting(now: datetime) -> QuerySet[Certificate]:
    made = CertificateDocument.objects.filter(certificate=OuterRef("pk"), format=_NOTICE)
    missing = Q(revocation__at__lte=now - status.LATE) & ~Exists(made)
    return Certificate.objects.filter(missing | Q(pk__in=notices_to_seal_anew().values("pk")))
