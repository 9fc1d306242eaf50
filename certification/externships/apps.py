"""Registers the room `certification.externships` and its guards."""

from django.apps import AppConfig


class ExternshipsConfig(AppConfig):
    """Sites, supervisors, placements, shifts and sign-offs."""

    name = "certification.externships"

    def ready(self) -> None:
        """Register the guards, which `records` puts back after every migrate, and this room's parts of an export."""
        from certification import guards
        from certification.records.services import register_part, register_school_part

        from .guards import GUARDS, SHUT
        from .selectors.competencies import competency_rows_told
        from .selectors.exports import SCHOOL_PARTS, placements_told
        from .selectors.practical import practicals_told

        guards.register(*GUARDS, *SHUT)
        register_part("placements.json", placements_told)
        register_part("competencies.json", competency_rows_told)
        register_part("practical_examinations.json", practicals_told)
        for name, rows in SCHOOL_PARTS.items():
            register_school_part(name, rows)
