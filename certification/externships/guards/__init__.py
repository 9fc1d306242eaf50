"""What the database itself refuses in this room's tables: a decision never changes, a signed shift never changes,
and nothing is signed but what was shown.
"""

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
