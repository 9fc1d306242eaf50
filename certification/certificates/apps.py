"""Registers the room `certification.certificates` and its guards."""

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    """Eligibility, two-person issue, frozen documents, revocation."""

    name = "certification.certificates"

    def ready(self) -> None:
        """Register what the database refuses, and tell the room below which records a certificate rests on."""
        from certification import guards
        from certification.externships.services import freeze_by

        from .guards import GUARDS, SHUT
        from .selectors import rests_on

        guards.register(*GUARDS, *SHUT)
        freeze_by(rests_on)
