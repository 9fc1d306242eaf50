"""The certificate of achievement: a test was passed. It says which and when, never the score and never hours."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from certification.records.models import TrainingRecord

from .. import credentials, documents, rules
from ..models import Kind
from ..selectors import passed_tests, shared_facts
from .base import Case, CertificateKind, Format, case_of


class AchievementOfTest(CertificateKind):
    """Of one test; `subject` is its milestone, like `quiz:FINAL`. A record may get one for each."""

    kind = Kind.ACHIEVEMENT
    formats = (Format.PDF, Format.PNG, Format.JSON, Format.JWT)
    template = "achievement.typ"

    def subjects(self, record: TrainingRecord) -> Sequence[tuple[str, str]]:
        """The tests that were passed."""
        return [(one.code, one.title) for one in passed_tests(record)]

    def expires_on(self, record: TrainingRecord, issued_on: date) -> date | None:
        """A test that was passed stays passed."""
        return None

    def judge(self, record: TrainingRecord, subject: str = "") -> Case:
        """Whether the named test was passed by the score that counts."""
        passed = {one.code: one for one in passed_tests(record)}
        found = passed.get(subject)
        row = rules.Condition(
            "test",
            subject,
            found.title if found else _("A test that was passed"),
            found is not None,
            on=found.on if found else None,
            message=_("Passed on %(day)s.") % {"day": documents.written_day(_local_day(found, record))}
            if found
            else _("No test of this record was passed yet, or none was chosen."),
        )
        return case_of(record, [row], subject=subject, about=found)

    def title(self, case: Case) -> str:
        """The test."""
        return str(case.about.title)[:200]

    def facts(self, case: Case, **frame: Any) -> dict[str, Any]:
        """The test and its rule, without the score."""
        test = case.about
        return {
            **shared_facts(transcript=case.transcript, **frame),
            "test": {
                "code": test.code,
                "title": test.title,
                "on": _local_day(test, case.record),
                "rule": test.rule,
                "pass_percent": test.pass_percent,
                "proctored": test.proctored,
            },
        }

    def award(self, facts: Mapping[str, Any]) -> credentials.Award:
        """An assessment that was passed."""
        test = facts["test"]
        return credentials.Award(
            type="Assessment",
            name=facts["credential"]["title"],
            description=f"{facts['credential']['title']}, a test of {facts['school']['name']}.",
            narrative=_narrative(test),
            code=test["code"],
            lines=(),
            unit=facts["rule_set"]["unit_minutes"],
            status="Completed",
            log=False,
        )

    def sheet(self, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        """The test, large."""
        test = facts["test"]
        words = {
            "kind": _("Certificate of achievement"),
            "certifies": _("This certifies that"),
            "completed": _("has passed the test"),
            "sentence": _("Passed on %(day)s.") % {"day": documents.written_day(test["on"])},
            "not_head": _("What this certificate is not."),
            "not_text": _(
                "It says that this one test was passed, and nothing of attendance or of a program completed. It is not "
                "a license to practice and not a state or board certification."
            ),
            "rule_head": _("How it was passed.") if _rule(test) else "",
            "rule_text": _rule(test),
        }
        sheet = documents.frame(facts, words)
        sheet["total"] = _("Passed")
        return sheet


def _local_day(test: Any, record: TrainingRecord) -> str:
    return str(test.on.astimezone(ZoneInfo(record.zone)).date().isoformat())


def _narrative(test: Mapping[str, Any]) -> str:
    if test["pass_percent"] is None:
        return "The test was passed."
    counted = {"best": "the best attempt counts", "last": "the last attempt counts"}.get(
        test["rule"], "the average of all attempts counts"
    )
    return f"The test was passed with {test['pass_percent']} percent or more; {counted}."


def _rule(test: Mapping[str, Any]) -> str:
    if test["pass_percent"] is None:
        return ""
    counted = {
        "best": _("the best attempt counts"),
        "last": _("the last attempt counts"),
    }.get(test["rule"], _("the average of all attempts counts"))
    said = _("%(percent)d percent or more was needed; %(counted)s.") % {
        "percent": test["pass_percent"],
        "counted": counted,
    }
    return f"{said} {_('It was taken under supervision.')}" if test["proctored"] else said
