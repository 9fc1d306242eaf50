"""From a code or id to an object of this room, for this person; missing and forbidden look the same."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from accounts.access import require_role
from accounts.models import Membership, Organisation, User
from accounts.selectors import custody_schools_of, has_role, schools_of
from certification.records.access import own_records
from certification.records.models import TrainingRecord

from .models import Certificate, IssueBatch, Signer
from .selectors import (
    KEEPING_ROLES,
    SIGNER_ROLES,
    certificate_by_code,
    closing_schools_of,
    teaches,
    with_state,
)


def signing_schools(user: User) -> QuerySet[Organisation]:
    """The schools whose certificates this person may prepare and sign. Two queries at most."""
    return schools_of(user, *SIGNER_ROLES)


def record_to_certify(user: User, uuid: UUID) -> TrainingRecord:
    """The record, for registrars and administrators of its school. Two queries."""
    record = TrainingRecord.objects.select_related("school", "rule_set", "learner__user").filter(uuid=uuid).first()
    if record is None:
        raise Http404
    require_role(user, record.school_id, *SIGNER_ROLES)
    return record


def batch_to_issue(user: User, uuid: UUID) -> IssueBatch:
    """A list of records that are issued together, for registrars and administrators of its school. Two queries."""
    batch = IssueBatch.objects.select_related("school", "prepared_by", "signed_by").filter(uuid=uuid).first()
    if batch is None:
        raise Http404
    require_role(user, batch.school_id, *SIGNER_ROLES)
    return batch


def kept_school(user: User, slug: str | None) -> tuple[Organisation, list[Organisation]]:
    """The school of this name whose register this person keeps (her first where none is named), and all of hers.

    Two queries.
    """
    schools = list(schools_of(user, *KEEPING_ROLES).order_by("name", "pk"))
    found = next((school for school in schools if slug in (None, "", school.slug)), None)
    if found is None:
        raise Http404
    return found, schools


def ending_school(user: User, slug: str | None) -> tuple[Organisation, list[Organisation]]:
    """The school of this name that this person may close or whose end she may read, and all of hers. One query.

    Her first where none is named. Her role has ended in one that has closed; that it closed she may still read.
    """
    schools = list(closing_schools_of(user))
    found = next((school for school in schools if slug in (None, "", school.slug)), None)
    if found is None:
        raise Http404
    return found, schools


def school_to_keep(user: User, slug: str | None) -> tuple[Organisation, list[Organisation]]:
    """The school of this name whose custodians this person chooses (her first where none is named), and all of hers.

    Its administrators do, and once it has closed its custodians. One query.
    """
    schools = list(custody_schools_of(user))
    found = next((school for school in schools if slug in (None, "", school.slug)), None)
    if found is None:
        raise Http404
    return found, schools


def signer_entry(user: User, uuid: UUID) -> Signer:
    """An entry of the register, for administrators of its school. At most two queries."""
    entry = Signer.objects.select_related("school", "user").filter(uuid=uuid).first()
    if entry is None or not has_role(user, entry.school_id, *KEEPING_ROLES):
        raise Http404
    return entry


def own_certificate(user: User, code: str) -> Certificate:
    """A person's own certificate, by its shown code. Two queries."""
    certificate = certificate_by_code(code) if "\x00" not in code else None
    if certificate is None or not own_records(user).filter(pk=certificate.record_id).exists():
        raise Http404
    return certificate


def certificate_kept(user: User, code: str) -> Certificate:
    """A certificate with its files, for who signs for its school or keeps its records. Four queries at most."""
    rows = with_state().select_related("record__learner__user", "revocation__by", "revocation__confirmation")
    certificate = rows.filter(code=code).first()
    if certificate is None:
        raise Http404
    require_role(user, certificate.school_id, *SIGNER_ROLES, Membership.Role.CUSTODIAN)
    return certificate


def may_read(user: User, certificate: Certificate) -> bool:
    """Whether this session alone opens the document: the graduate, who signs for its school, or who keeps its records.

    At most 2 queries.
    """
    if not getattr(user, "is_authenticated", False):
        return False
    if has_role(user, certificate.school_id, *SIGNER_ROLES, Membership.Role.CUSTODIAN):
        return True
    return own_records(user).filter(pk=certificate.record_id).exists()


def record_taught(user: User, uuid: UUID) -> TrainingRecord:
    """The record, for the instructor whom a regulator approved for its course. Two queries."""
    record = TrainingRecord.objects.select_related("school", "learner__user").filter(uuid=uuid).first()
    if record is None or not has_role(user, record.school_id, "instructor") or not teaches(user, record):
        raise Http404
    return record
