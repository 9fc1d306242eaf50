"""Hour rules, pure: reads packs and entries and judges one by the other; no Django, no clock, no files, no database."""

from certification.requirements.rules.csvio import read_context, read_entries
from certification.requirements.rules.evaluate import evaluate
from certification.requirements.rules.nodes import decode
from certification.requirements.rules.schema import load
from certification.requirements.rules.shapes import (
    AXES,
    DELIVERIES,
    ELECTIVE,
    SOURCES,
    STATUSES,
    BadEntryError,
    BadFileError,
    BadInputError,
    Category,
    Context,
    Entry,
    Evaluation,
    NodeResult,
    NotCreditable,
    RuleSetSpec,
    Source,
    Unmet,
)
from certification.requirements.rules.wording import hours

__all__ = [
    "AXES",
    "DELIVERIES",
    "ELECTIVE",
    "SOURCES",
    "STATUSES",
    "BadEntryError",
    "BadFileError",
    "BadInputError",
    "Category",
    "Context",
    "Entry",
    "Evaluation",
    "NodeResult",
    "NotCreditable",
    "RuleSetSpec",
    "Source",
    "Unmet",
    "decode",
    "evaluate",
    "hours",
    "load",
    "read_context",
    "read_entries",
]
