"""The interim letter of hours: what stood on a day, for somebody who still studies or who left. No certificate."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from certification.records.models import TrainingRecord
from certification.records.selectors import Transcript

from .. import credentials, documents, rules
from ..models import Kind
from ..selectors import hour_facts, shared_facts
from .base import Case, CertificateKind, Format, case_of

HOLDS_FOR = timedelta(days=90)
"""Hours grow: an old letter would say too little, and after a correction too much."""

_NUMBERS = ("required", "attended", "counted")


class InterimLetter(CertificateKind):
    """Of the hours as of the day of issue; each new one replaces the last."""

    kind = Kind.LETTER
    formats = (Format.PDF, Format.JSON, Format.JWT)
    template = "letter.typ"
    renews = True

    def judge(self, record: TrainingRecord, subject: str = "") -> Case:
        """Nothing is asked but a name that can be printed: it says what there is, little or much."""
        return case_of(record)

    def expires_on(self, record: TrainingRecord, issued_on: date) -> date | None:
        """Ninety days later."""
        return issued_on + HOLDS_FOR

    def facts(self, case: Case, **frame: Any) -> dict[str, Any]:
        """The hours, and that the program is not completed by this."""
        facts = {**shared_facts(transcript=case.transcript, **frame), **hour_facts(case.transcript)}
        # Sealed without a day of completion: she left.
        left = case.record.sealed_at is not None and case.record.completed_on is None
        facts["enrollment"]["status"] = "left" if left else "enrolled"
        facts["as_of"] = facts["issue"]["issued_on"]
        return facts

    def award(self, facts: Mapping[str, Any]) -> credentials.Award:
        """A program in progress, with the hours so far."""
        lines = credentials.lines_of(facts)
        return credentials.Award(
            type="LearningProgram",
            name=f"Interim letter of hours: {facts['credential']['title']}",
            description=f"Hours in {facts['credential']['title']} of {facts['school']['name']} as of {facts['as_of']}. "
            f"This is not a certificate of completion.",
            narrative=f"Hours of {facts['rule_set']['unit_minutes']} minutes as the rule set "
            f"{facts['rule_set']['label']} counts them. Nothing of it says that the program was completed.",
            code=facts["enrollment"]["program"],
            lines=tuple(lines),
            unit=facts["rule_set"]["unit_minutes"],
            status="Withdrew" if facts["enrollment"]["status"] == "left" else "InProgress",
        )

    def sheet(self, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        """A letter with a table."""
        unit, total = facts["rule_set"]["unit_minutes"], facts["totals"]["total"]
        enrollment, issue = facts["enrollment"], facts["issue"]
        day = documents.written_day
        told = {
            "holder": facts["student"]["name"],
            "program": enrollment["title"],
            "since": day(enrollment["enrolled_on"]),
            "as_of": day(facts["as_of"]),
            "hours": documents.hours_in_words(total["counted"], unit),
            "required": documents.hours_in_words(total["required"], unit),
            "until": day(issue["expires_on"]),
        }
        if enrollment["status"] == "left":
            standing = _("%(holder)s was enrolled in the program %(program)s from %(since)s and has left it.") % told
        else:
            standing = _("%(holder)s has been enrolled in the program %(program)s since %(since)s.") % told
        words = {
            "kind": _("Interim letter of hours"),
            "greeting": _("To whom it may concern"),
            "standing": standing,
            "sentence": _(
                "As of %(as_of)s, %(hours)s count by the rules of the program, which asks for %(required)s in all. The "
                "hours by subject stand below."
            )
            % told,
            "is_not": _("This is not a certificate of completion."),
            "is_not_text": _(
                "It says how many hours stood in the school’s log on that day, and not that the program, a subject or "
                "an examination was completed. It is not a license to practice."
            ),
            "until": _("It holds until %(until)s, or until a later letter replaces it.") % told,
            "hours": _("Hours of %(unit)d minutes, as of %(as_of)s") % {"unit": unit, **told},
            "subject": _("Subject"),
            "required": _("Required"),
            "attended": _("Attended"),
            "counted": _("Counted"),
            "together": _("Together"),
            "rules_head": _("Judged by."),
            "rules_text": f"{facts['rule_set']['title']} ({facts['rule_set']['label']})",
            **documents.proof_words(facts),
        }
        sheet = documents.frame(facts, words)
        sheet["date"] = day(issue["issued_on"])
        sheet["rules"] = facts["rule_set"]["label"]
        sheet["rows"] = list(_rows(facts["totals"]["categories"], unit))
        sheet["total"] = [documents.hours_in(total[name], unit) for name in _NUMBERS]
        return sheet


def hours_today(transcript: Transcript) -> tuple[list[Mapping[str, Any]], list[str]]:
    """The rows and the sum that a letter of today would print, for who is to sign it. No query."""
    evaluation = transcript.evaluation
    unit, total = evaluation.unit_minutes, evaluation.total
    sums = [documents.hours_in(minutes, unit) for minutes in (total.required, total.attended, total.counted)]
    return list(_rows(rules.category_tree(evaluation.categories), unit)), sums


def _rows(nodes: Sequence[Mapping[str, Any]], unit: int, depth: int = 0) -> Any:
    for node in nodes:
        numbers = [documents.hours_in(node[name], unit) if node[name] else "–" for name in _NUMBERS]
        yield {"depth": depth, "title": node["title"], "numbers": numbers}
        yield from _rows(node["children"], unit, depth + 1)
