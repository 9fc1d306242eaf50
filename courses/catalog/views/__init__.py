"""The catalog's own pages in the CMS: `publishing` asks what a change means and retires; `programs` keeps programs."""

from .programs import add_program, approve, program, programs, team, version, withdraw
from .publishing import before_publishing, change, obstacle, retire

__all__ = [
    "add_program",
    "approve",
    "before_publishing",
    "change",
    "obstacle",
    "program",
    "programs",
    "retire",
    "team",
    "version",
    "withdraw",
]
