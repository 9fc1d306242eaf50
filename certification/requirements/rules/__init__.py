"""Hour rules, pure: reads packs and entries and judges one by the other; no Django, no clock, no files, no database."""

from certification.requirements.rules.crosswalk import Crossed, Crossing, cross
from certification.requirements.rules.csvio import read_context, read_entries
from certification.requirements.rules.evaluate import evaluate
from certification.requirements.rules.exclusions import REASONS, UNHURRIED
from certification.requirements.rules.nodes import decode
from certification.requirements.rules.remarks import Place, Remarks, remarks
from certification.requirements.rules.schema import Find, extends, label_of, load
from certification.requirements.rules.shapes import (
    AXES,
    DELIVERIES,
    ELECTIVE,
    IN_PERSON,
    SOURCES,
    STATUSES,
    TOTAL,
    BadEntryError,
    BadFileError,
    BadInputError,
    Category,
    Context,
    Entry,
    Evaluation,
    Gate,
    Limit,
    NodeResult,
    NotCreditable,
    Overlay,
    OverlayResult,
    Pace,
    Rounding,
    RuleSetSpec,
    Source,
    Unmet,
)
from certification.requirements.rules.totals import counted_total
from certification.requirements.rules.unmet import earliest_end
from certification.requirements.rules.versions import in_force
from certification.requirements.rules.wording import hours, overlay_title

__all__ = [
    "AXES",
    "DELIVERIES",
    "ELECTIVE",
    "IN_PERSON",
    "REASONS",
    "SOURCES",
    "STATUSES",
    "TOTAL",
    "UNHURRIED",
    "BadEntryError",
    "BadFileError",
    "BadInputError",
    "Category",
    "Context",
    "Crossed",
    "Crossing",
    "Entry",
    "Evaluation",
    "Find",
    "Gate",
    "Limit",
    "NodeResult",
    "NotCreditable",
    "Overlay",
    "OverlayResult",
    "Pace",
    "Place",
    "Remarks",
    "Rounding",
    "RuleSetSpec",
    "Source",
    "Unmet",
    "counted_total",
    "cross",
    "decode",
    "earliest_end",
    "evaluate",
    "extends",
    "hours",
    "in_force",
    "label_of",
    "load",
    "overlay_title",
    "read_context",
    "read_entries",
    "remarks",
]
