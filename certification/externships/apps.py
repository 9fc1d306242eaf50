"""Registers the room `certification.externships` and its guards."""

from django.apps import AppConfig


class ExternshipsConfig(AppConfig):
    """Sites, supervisors, placements, shifts and sign-offs."""

    name = "certification.externships"

    def ready(self) -> None:
        """Register the guards, which `records` puts back after every migrate, and this room's parts of an export."""
        from certification import guards
        from certification.records.services import register_part

        from .guards import GUARDS, SHUT
        from .selectors.competencies import competency_rows_told
        from .selectors.practical import practicals_told

        guards.register(*GUARDS, *SHUT)
        register_part("competencies.json", competency_rows_told)
        register_part("practical_examinations.json", practicals_told)
