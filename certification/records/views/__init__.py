"""The pages of `records`: the learner's hours; for registrars which rules judge, where hours stand elsewhere, and the log;
for anyone the log's checkpoints and proofs.
"""

from .crosswalks import crosswalk, crosswalks
from .hours import home, hours, rows
from .log import (
    checkpoint,
    checkpoints,
    consistency,
    desk_end_witness,
    desk_log,
    desk_make_checkpoint,
    inclusion,
    log_keys,
    newest_checkpoint,
)
from .versions import activation, rule_sets

__all__ = [
    "activation",
    "checkpoint",
    "checkpoints",
    "consistency",
    "crosswalk",
    "crosswalks",
    "desk_end_witness",
    "desk_log",
    "desk_make_checkpoint",
    "home",
    "hours",
    "inclusion",
    "log_keys",
    "newest_checkpoint",
    "rows",
    "rule_sets",
]
