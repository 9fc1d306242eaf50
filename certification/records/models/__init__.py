"""Owns the ledger of hours: learners, their training records, and the append-only entries with their log position.

Knows nothing of lessons, shifts or orders: upper rooms post facts here with titles captured as they were.
"""

from .anomalies import Anomaly, AnomalyDecision, AnomalyRecord
from .corrections import Attached, Claim, Correction, private_storage
from .facts import CourseResult, Milestone, MilestoneWithdrawal
from .holds import Hold
from .imports import ImportBatch, ImportRun
from .ledger import Balance, Delivery, Evidence, HourEntry, HourEntryText, OccupiedTime, Posting, Source
from .log import Checkpoint, HourLog, LogNode, Witness
from .people import Erasure, Learner, Presence, RecordRequirement, SealReason, TrainingRecord, validate_term
from .versions import Activation, Crosswalk, CrosswalkLine, RuleSetChange, Target

__all__ = [
    "Activation",
    "Anomaly",
    "AnomalyDecision",
    "AnomalyRecord",
    "Attached",
    "Balance",
    "Checkpoint",
    "Claim",
    "Correction",
    "CourseResult",
    "Crosswalk",
    "CrosswalkLine",
    "Delivery",
    "Erasure",
    "Evidence",
    "Hold",
    "HourEntry",
    "HourEntryText",
    "HourLog",
    "ImportBatch",
    "ImportRun",
    "Learner",
    "LogNode",
    "Milestone",
    "MilestoneWithdrawal",
    "OccupiedTime",
    "Posting",
    "Presence",
    "RecordRequirement",
    "RuleSetChange",
    "SealReason",
    "Source",
    "Target",
    "TrainingRecord",
    "Witness",
    "private_storage",
    "validate_term",
]
