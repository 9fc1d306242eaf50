"""How one competency of a learner stands, from what was said of it; who may rate it now. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

PASSED, FAILED, NOT_SEEN = "passed", "failed", "not_seen"
RATINGS = range(4)
PASS_FROM = 2


def outcome_of(rating: int) -> str:
    """What a rating of 0 not seen, 1 with help, 2 independent, 3 teaches comes to."""
    if rating not in RATINGS:
        raise ValueError(rating)
    return NOT_SEEN if rating == 0 else PASSED if rating >= PASS_FROM else FAILED


@dataclass(frozen=True, slots=True)
class Said:
    """One check-off: its outcome, by whom (`user:3`, `supervisor:7`), and of a failed one the plan: "", planned, done."""

    outcome: str
    evaluator: str
    plan: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a competency stands.

    `state` is closed (`missing` supervised repeats), open, passed, failed (no plan yet), planned (the plan is not
    done) or retest (it is done; `not_by` is who may not rate it).
    """

    state: str
    missing: int = 0
    not_by: str = ""

    @property
    def is_open(self) -> bool:
        """Whether somebody may rate it now; also one that is passed, where a later word corrects it."""
        return self.state in {"open", "passed", "retest"}


def standing_of(said: Sequence[Said], *, repeats: int, opens_after: int) -> Standing:
    """How a competency stands after `said`, oldest first: the last word that is not "not seen" decides.

    `repeats` are the learner's supervised repeats so far. What was once rated stays open, whatever a later version
    asks for.
    """
    last = next((one for one in reversed(said) if one.outcome != NOT_SEEN), None)
    if last is None:
        missing = max(opens_after - repeats, 0)
        return Standing("closed", missing) if missing and not said else Standing("open")
    if last.outcome == PASSED:
        return Standing(PASSED)
    if last.plan == "done":
        return Standing("retest", not_by=last.evaluator)
    return Standing("planned" if last.plan else "failed", not_by=last.evaluator)


def refusal_of(standing: Standing, evaluator: str) -> str:
    """Why this evaluator may not rate it now: closed, plan (there is none), undone, other (a re-test by another); else
    empty.
    """
    reasons = {"closed": "closed", "failed": "plan", "planned": "undone"}
    if standing.state in reasons:
        return reasons[standing.state]
    return "other" if standing.state == "retest" and standing.not_by == evaluator else ""
