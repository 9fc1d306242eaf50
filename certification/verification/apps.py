"""Registers the room `certification.verification`."""

from django.apps import AppConfig


class VerificationConfig(AppConfig):
    """What anyone may check, and what a graduate shares."""

    name = "certification.verification"
