"""Registers the room `certification.externships`."""

from django.apps import AppConfig


class ExternshipsConfig(AppConfig):
    """Sites, supervisors, placements, shifts and sign-offs."""

    name = "certification.externships"
