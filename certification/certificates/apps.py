"""Registers the room `certification.certificates`."""

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    """Eligibility, two-person issue, frozen documents, revocation."""

    name = "certification.certificates"
