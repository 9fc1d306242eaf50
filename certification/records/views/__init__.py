"""The pages of `records`: the learner's hours; for registrars which rules judge, and where hours stand elsewhere."""

from .crosswalks import crosswalk, crosswalks
from .hours import home, hours, rows
from .versions import activation, rule_sets

__all__ = ["activation", "crosswalk", "crosswalks", "home", "hours", "rows", "rule_sets"]
