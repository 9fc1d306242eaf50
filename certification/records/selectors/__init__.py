"""Reads the ledger; this is the room's face. `transcripts` < `versions` < `targets`."""

from .targets import (
    Gap,
    crosswalk_between,
    crosswalks_to,
    gap_of,
    gaps_of,
    targets_of,
)
from .transcripts import (
    EntryLine,
    Folded,
    Refusal,
    Transcript,
    context_of,
    course_results,
    evaluations_of,
    folded,
    leaf_fields,
    log_head,
    missing_requirements,
    standing_entries,
    transcript_for,
)
from .versions import Affected, Preview, activated, activations_of, judging_version, preview_of

__all__ = [
    "Affected",
    "EntryLine",
    "Folded",
    "Gap",
    "Preview",
    "Refusal",
    "Transcript",
    "activated",
    "activations_of",
    "context_of",
    "course_results",
    "crosswalk_between",
    "crosswalks_to",
    "evaluations_of",
    "folded",
    "gap_of",
    "gaps_of",
    "judging_version",
    "leaf_fields",
    "log_head",
    "missing_requirements",
    "preview_of",
    "standing_entries",
    "targets_of",
    "transcript_for",
]
