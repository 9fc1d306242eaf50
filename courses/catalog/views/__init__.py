"""The catalog's own pages in the CMS: `publishing` asks what a change means, retires and translates; `programs` keeps
programs.
"""

from .programs import add_program, approve, program, programs, team, version, withdraw
from .publishing import before_publishing, change, follow, obstacle, retire, translate

__all__ = [
    "add_program",
    "approve",
    "before_publishing",
    "change",
    "follow",
    "obstacle",
    "program",
    "programs",
    "retire",
    "team",
    "translate",
    "version",
    "withdraw",
]
