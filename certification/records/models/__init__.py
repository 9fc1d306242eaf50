"""Owns the ledger of hours: learners, their training records, and the append-only entries with their log position.

Knows nothing of lessons, shifts or orders: upper rooms post facts here with titles captured as they were.
"""

from .corrections import Claim, Correction
from .facts import CourseResult, Milestone
from .ledger import Delivery, Evidence, HourEntry, HourEntryText, HourLog, OccupiedTime, Posting, Source
from .people import Learner, RecordRequirement, TrainingRecord
from .versions import Activation, Crosswalk, CrosswalkLine, RuleSetChange, Target

__all__ = [
    "Activation",
    "Claim",
    "Correction",
    "CourseResult",
    "Crosswalk",
    "CrosswalkLine",
    "Delivery",
    "Evidence",
    "HourEntry",
    "HourEntryText",
    "HourLog",
    "Learner",
    "Milestone",
    "OccupiedTime",
    "Posting",
    "RecordRequirement",
    "RuleSetChange",
    "Source",
    "Target",
    "TrainingRecord",
]
