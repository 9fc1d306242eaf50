"""What the database itself refuses in this room's tables: a decision never changes, a signed shift never changes,
and nothing is signed but what was shown.
"""

from certification.guards import OF_RECORD, Shut

from . import clocks, competencies, papers, placements, practical, scans, second_factor, shifts, signing

GUARDS = (
    *signing.GUARDS,
    *scans.GUARDS,
    *shifts.GUARDS,
    *clocks.GUARDS,
    *placements.GUARDS,
    *papers.GUARDS,
    *competencies.GUARDS,
    *practical.GUARDS,
    *second_factor.GUARDS,
)

_OF_PLACEMENT = (
    "(SELECT rec.school_id FROM externships_placement AS pl JOIN records_trainingrecord AS rec ON rec.id = pl.record_id "
    "WHERE pl.id = NEW.placement_id)"
)

SHUT = (
    *(
        Shut(table)
        for table in (
            *("externships_site", "externships_supervisor", "externships_competency", "externships_evaluationform"),
            *("externships_practicalkind", "externships_askingrhythm"),
        )
    ),
    *(Shut(table, OF_RECORD) for table in ("externships_placement", "externships_checkoff", "externships_practical")),
    *(Shut(table, _OF_PLACEMENT) for table in ("externships_shift", "externships_clock", "externships_evaluationlink")),
    Shut(
        "externships_signoff",
        "(SELECT rec.school_id FROM externships_shift AS sh JOIN externships_placement AS pl ON pl.id = sh.placement_id "
        "JOIN records_trainingrecord AS rec ON rec.id = pl.record_id WHERE sh.id = NEW.shift_id)",
    ),
)
"""What nobody makes any more at a school that has closed."""
