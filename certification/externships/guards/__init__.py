"""What the database itself refuses in this room's tables: a decision never changes, a signed shift never changes,
and nothing is signed but what was shown.
"""

from . import competencies, practical, shifts, signing

GUARDS = (*signing.GUARDS, *shifts.GUARDS, *competencies.GUARDS, *practical.GUARDS)
