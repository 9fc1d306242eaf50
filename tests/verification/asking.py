"""Organisations that ask, and their keys, as tests make them: through the services."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from accounts.models import Organisation, User
from accounts.services import ensure_organisation, ensure_user, grant_role
from certification.verification import services
from certification.verification.models import ApiKey, Check
from certification.verification.verdicts import Asked


def college(slug: str = "tidewater") -> tuple[Organisation, User]:
    """A verifier with one person who asks for it."""
    organisation = ensure_organisation(kind="verifier", slug=slug, name=f"{slug.title()} College")
    clerk = ensure_user(email=f"clerk@{slug}.example", legal_name="Clara Clerk", password="a-long-password")
    grant_role(user=clerk, organisation=organisation, role="manager")
    return organisation, clerk


def a_key(organisation: Organisation, clerk: User, **fields: Any) -> tuple[ApiKey, str]:
    """A key that may do everything, for thirty days, unless `fields` say otherwise."""
    given: dict[str, Any] = {
        "label": "Admissions",
        "expires_on": timezone.now().date() + timedelta(days=30),
        "may_transcript": True,
        "source_key": "test",
    }
    return services.make_key(organisation=organisation, by=clerk, **{**given, **fields})


def a_list(organisation: Organisation, clerk: User, *items: Asked) -> UUID:
    """The key of a list that was brought at the desk."""
    key = uuid4()
    services.bring_list(organisation=organisation, by=clerk, items=items, key=key)
    return key


def ask(organisation: Organisation, clerk: User, *items: Asked, key: str = "one") -> Check:
    """One check at the desk."""
    return services.check(organisation=organisation, by=clerk, items=items, face="desk", request_key=key)
