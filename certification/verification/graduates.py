"""What a list of graduates holds, line by line. Pure.

Florida takes a list of graduates from its schools in place of a transcript of each (F.A.C. 64B7-32.002). It names the
graduate, school, campus, days and hours as her certificate has them, and the code by which anybody checks the line.
"""

from collections.abc import Mapping
from typing import Any

HEADER = ("Name", "Program", "School", "Campus", "Enrolled", "LastDay", "Hours", "Minutes", "Certificate", "Issued")


def cells(facts: Mapping[str, Any], code: str) -> tuple[str | int, ...]:
    """One line from the frozen facts of a certificate of completion. Hours are those of its rules, minutes the rest."""
    hours, minutes = divmod(facts["totals"]["total"]["counted"], facts["rule_set"]["unit_minutes"])
    return (
        facts["student"]["name"],
        facts["enrollment"]["title"],
        facts["school"]["name"],
        facts["school"]["address"],
        facts["enrollment"]["started_on"],
        facts["enrollment"]["last_day_on"],
        hours,
        minutes,
        code,
        facts["issue"]["issued_on"],
    )
