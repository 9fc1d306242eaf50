"""What the database refuses of a school that has closed: no place, no group, no invitation."""

from certification.guards import Shut

_OF_PROGRAM = "(SELECT pr.school_id FROM catalog_program AS pr WHERE pr.id = NEW.program_id)"
SHUT = tuple(
    Shut(table, _OF_PROGRAM) for table in ("enrollments_cohort", "enrollments_enrollment", "enrollments_invitation")
)
