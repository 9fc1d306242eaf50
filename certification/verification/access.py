"""Who may open what: an issued document (the graduate, who signs for its school, or whoever holds her link), and what
an organisation that checks keeps."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.access import require_role
from accounts.models import Membership, Organisation, User
from accounts.selectors import has_role
from certification.certificates.access import may_read, signing_schools
from certification.certificates.models import Certificate, CertificateDocument
from certification.certificates.selectors import SIGNER_ROLES, certificate_by_code, document, has_documents, read_code

from . import rules
from .models import ApiKey, Application, Case, Check, Consent, GraduateList, HandOver, MemberInvitation, Roster
from .rules import ASKING_ROLES, KEY_ROLES, SENDING_ROLES
from .selectors import (
    ANSWERING_ROLES,
    BOARD_ROLES,
    MANAGING_ROLES,
    Shared,
    cases,
    hand_overs,
    open_stop,
    organisations_of,
    organisations_that_check,
    proved,
    shared,
    shared_with,
)

Format = CertificateDocument.Format
NEEDS = {
    Format.PDF: rules.TOTALS,
    Format.JSON: rules.TOTALS,
    Format.JWT: rules.TOTALS,
    Format.PNG: rules.TOTALS,
    Format.NOTICE: rules.TOTALS,
    Format.TRANSCRIPT: rules.TRANSCRIPT,
    Format.CLR: rules.TRANSCRIPT,
}
"""What a consent must reach for a file to open under it. The certificate's own files print the hours by subject and no
course, place, grade or other school; those stand in the transcript alone. By its narrowest scope no file is handed out."""


@dataclass(frozen=True, slots=True)
class OpenedDocument:
    """An issued document (None while it is being made), and the consent that opened it, if one did."""

    document: CertificateDocument | None
    certificate: Certificate
    shared: Shared | None = None


def document_for(user: User, code: str, token: str, format: str = "pdf") -> OpenedDocument:
    """The issued bytes for this person or link; Http404 alike for no code, unknown and forbidden. At most 6 queries."""
    try:
        code = read_code(code)
    except ValidationError as error:
        raise Http404 from error
    # Both are asked whether or not the first finds anything, so that time tells nothing about a code.
    opened = shared(code, token)
    certificate = certificate_by_code(code)
    if certificate is None:
        raise Http404
    if may_read(user, certificate):
        opened = None
    elif opened is None or not rules.reaches(opened.consent.scope, NEEDS[Format(format)]):
        raise Http404
    issued = document(certificate, format)
    if format == CertificateDocument.Format.NOTICE and not certificate.is_revoked:
        raise Http404
    if issued is None and format != CertificateDocument.Format.NOTICE and has_documents(certificate):
        raise Http404  # one from before files of this format were made
    return OpenedDocument(issued, certificate, opened)


def revoked_certificate(user: User, code: str) -> Certificate:
    """A revoked certificate, for who signs for its school; Http404 for any other: who looked is the graduate's matter.

    Two queries.
    """
    try:
        certificate = certificate_by_code(read_code(code))
    except ValidationError as error:
        raise Http404 from error
    if certificate is None or not certificate.is_revoked or not has_role(user, certificate.school_id, *SIGNER_ROLES):
        raise Http404
    return certificate


def own_consent(user: User, code: str, uuid: UUID) -> Consent:
    """A link of a person's own certificate. Two queries."""
    consent = (
        Consent.objects.filter(uuid=uuid, certificate__code=code.replace("\x00", ""))
        .select_related("certificate__school", "certificate__record__learner")
        .first()
    )
    if consent is None or consent.certificate.record.learner.user_id != user.pk:
        raise Http404
    return consent


def asking_organisations(user: User, roles: Collection[str] = ASKING_ROLES) -> list[Organisation]:
    """The organisations in whose name this person asks (or holds one of `roles`), by name. Two queries at most."""
    return list(organisations_of(user, roles))


def _named(found: list[Organisation], slug: str | None) -> Organisation:
    """The one of this name, the first where none is named; Http404 where there is none."""
    for one in found:
        if slug in (None, "", one.slug):
            return one
    raise Http404


def asking_organisation(
    user: User, slug: str | None, roles: Collection[str] = ASKING_ROLES
) -> tuple[Organisation, list[Organisation]]:
    """The organisation of this name for which this person asks (her first where none is named), and all of hers.

    Two queries at most.
    """
    organisations = asking_organisations(user, roles)
    return _named(organisations, slug), organisations


def asked_check(user: User, uuid: UUID) -> Check:
    """A check, for who asks for its organisation. Two queries."""
    check = Check.objects.select_related("organisation", "by", "key").filter(uuid=uuid).first()
    if check is None or not has_role(user, check.organisation_id, *ASKING_ROLES):
        raise Http404
    return check


def opened_to(user: User, code: str, slug: str | None) -> Shared:
    """What a graduate opened by name to the organisation of this name for which this person asks (to her first where
    none is named); Http404 alike for no code, unknown and not opened, and for one that was stopped. Six queries at most.
    """
    try:
        code = read_code(code)
    except ValidationError as error:
        raise Http404 from error
    organisation, _all = asking_organisation(user, slug)
    found = shared_with(organisation, code) if open_stop(organisation) is None else None
    if found is None:
        raise Http404
    return found


def kept_key(user: User, uuid: UUID) -> ApiKey:
    """A key of an organisation, for who asks for it. Two queries."""
    key = ApiKey.objects.select_related("organisation").filter(uuid=uuid).first()
    if key is None or not has_role(user, key.organisation_id, *KEY_ROLES):
        raise Http404
    return key


def own_application(user: User, uuid: UUID) -> Application:
    """What somebody asked for herself. One query."""
    return get_object_or_404(Application, uuid=uuid, applicant=user)


def managed_organisation(user: User, slug: str) -> Organisation:
    """An organisation that checks and whose people she names. Two queries."""
    found = organisations_that_check().filter(slug=slug).first()
    if found is None:
        raise Http404
    _require_manager(user, found.pk)
    return found


def _require_manager(user: User, organisation: int) -> None:
    """Its manager, or one of the platform's own people: else nobody could help one whose last manager has gone."""
    if not user.is_superuser:
        require_role(user, organisation, *MANAGING_ROLES)


def managed_invitation(user: User, uuid: UUID) -> MemberInvitation:
    """An invitation of an organisation that she manages. Two queries."""
    found = get_object_or_404(MemberInvitation.objects.select_related("organisation"), uuid=uuid)
    _require_manager(user, found.organisation_id)
    return found


def managed_member(user: User, slug: str, uuid: UUID, role: str) -> Membership:
    """A role in an organisation that she manages, or her own there. Three queries."""
    held = Membership.objects.filter(
        organisation__slug=slug, user__uuid=uuid, role=role, until=None, role__in=MemberInvitation.ROLES
    )
    found = get_object_or_404(held.select_related("user", "organisation"))
    if found.user_id != user.pk:
        _require_manager(user, found.organisation_id)
    return found


def invitation_to(user: User, uuid: UUID) -> MemberInvitation:
    """An invitation to an address that she has confirmed, answered or not. One query."""
    return get_object_or_404(
        MemberInvitation.objects.select_related("organisation"), uuid=uuid, address__in=proved(user)
    )


def reporting_school(user: User, slug: str | None) -> tuple[Organisation, list[Organisation]]:
    """The school of this name that she signs for (her first where none is named), and all of hers. Two queries."""
    schools = list(signing_schools(user).order_by("name", "pk"))
    return _named(schools, slug), schools


def roster_of_school(user: User, uuid: UUID) -> Roster:
    """A roster, for who signs for its school. At most two queries."""
    rosters = Roster.objects.select_related("school", "made_by", "sent_by", "dropped_by")
    found = get_object_or_404(rosters, uuid=uuid)
    require_role(user, found.school_id, *SIGNER_ROLES)
    return found


def graduate_list_of_school(user: User, uuid: UUID) -> GraduateList:
    """A list of graduates, for who signs for its school. At most two queries."""
    lists = GraduateList.objects.select_related("school", "made_by", "sent_by", "dropped_by")
    found = get_object_or_404(lists, uuid=uuid)
    require_role(user, found.school_id, *SIGNER_ROLES)
    return found


def hand_over_to_make(user: User, uuid: UUID) -> HandOver:
    """What a graduate asked her school to send, for who keeps or signs for it. At most three queries."""
    found = hand_overs().filter(uuid=uuid).first()
    if found is None or not has_role(user, found.consent.certificate.school_id, *SENDING_ROLES):
        raise Http404
    return found


def board_of(user: User, slug: str | None) -> tuple[Organisation, list[Organisation]]:
    """The board of this name for which she acts (her first where none is named), and all of hers. Two queries."""
    boards = list(organisations_of(user, BOARD_ROLES).filter(kind=Organisation.Kind.BOARD))
    return _named(boards, slug), boards


def case_of_board(user: User, uuid: UUID) -> Case:
    """A case of a board for which she acts. At most two queries."""
    found = get_object_or_404(cases(), uuid=uuid)
    require_role(user, found.organisation_id, *BOARD_ROLES)
    return found


def case_to_answer(user: User, uuid: UUID) -> Case:
    """A case that was put to a school for which she answers. At most two queries."""
    found = get_object_or_404(cases(), uuid=uuid)
    require_role(user, found.school_id, *ANSWERING_ROLES)
    return found
