"""Registers the room `certification.certificates` and its guards."""

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    """Eligibility, two-person issue, frozen documents, revocation."""

    name = "certification.certificates"

    def ready(self) -> None:
        """Register what the database refuses."""
        from certification import guards

        from .guards import GUARDS

        guards.register(*GUARDS)
