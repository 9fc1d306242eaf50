"""Pure: the canonical transcript, from the facts that were frozen at issue. Minutes throughout; nothing is worked out anew."""

from collections.abc import Mapping
from typing import Any

FORM = "palmar-transcript/1"
_TAKEN = ("courses", "clinical", "transfers", "totals", "corrections", "requirements", "education", "test")
"""Blocks that stand in the transcript as they were frozen, where the kind of certificate has them."""


def canonical_transcript(
    facts: Mapping[str, Any],
    evaluation: Mapping[str, Any],
    *,
    status: str,
    school_closed_on: str | None,
    custodian: Mapping[str, str],
) -> dict[str, Any]:
    """School, student, enrollment, courses, clinical time, totals by rule set, standing and issue.

    `status` is the certificate's today, `school_closed_on` the school's last day once it is over, with who keeps its
    records then. All else is as it was on the day of issue, so a later name or correction is not in it.
    """
    issue = facts["issue"]
    return {
        "form": FORM,
        "certificate": {
            "code": issue["code"],
            "kind": facts["credential"]["kind"],
            "title": facts["credential"]["title"],
            "status": status,
            "version": issue["version"],
            "issued_on": issue["issued_on"],
            "expires_on": issue.get("expires_on"),
            "supersedes": facts.get("supersedes"),
        },
        "school": {
            **{name: facts["school"][name] for name in ("name", "address", "licence_number", "opened_on", "closed_on")},
            "closed_since": school_closed_on,
            "custodian": dict(custodian) if school_closed_on else None,
        },
        "student": dict(facts["student"]),
        "enrollment": dict(facts["enrollment"]),
        "rule_set": dict(facts["rule_set"]),
        **{block: facts[block] for block in _TAKEN if block in facts},
        "unmet": list(evaluation.get("unmet", ())),
        "standing": facts.get("standing"),
        "signers": [{name: one[name] for name in ("act", "name", "title", "on")} for one in issue["signers"]],
        "ledger": dict(facts["ledger"]),
    }
