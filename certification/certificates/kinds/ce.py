"""The certificate of continuing education: every field that NCBTMB and Florida ask for, or none is issued."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from accounts.selectors import has_role
from certification.records.models import TrainingRecord
from certification.records.selectors import transcript_for

from .. import credentials, documents, rules
from ..models import CourseType, Kind
from ..selectors import course_of, holder_of, passed_tests, shared_facts
from .base import Case, CertificateKind, Format, hold_rows

_TITLES = {
    "completed": gettext_lazy("Day of completion"),
    "approval": gettext_lazy("Approval of the course on that day"),
    "title": gettext_lazy("Title exactly as approved"),
    "hours": gettext_lazy("Hours exactly as approved"),
    "type": gettext_lazy("Type of the course"),
    "provider_number": gettext_lazy("Provider number on that day"),
    "provider": gettext_lazy("Provider’s legal name"),
    "address": gettext_lazy("Provider’s address"),
    "licence": gettext_lazy("Participant’s Florida license"),
    "instructor": gettext_lazy("Instructor of the course"),
    "instructor_licence": gettext_lazy("Instructor’s license on the days of the course"),
    "signature": gettext_lazy("Instructor’s signature"),
    "test": gettext_lazy("Test passed, as home study asks"),
    "evaluation": gettext_lazy("Course evaluation by the participant"),
}


def contact_hours(minutes: int) -> str:
    """Minutes in contact hours of 50 minutes, in words: `6 contact hours`, `6 contact hours 20 minutes`."""
    hours, rest = divmod(minutes, rules.CONTACT_HOUR)
    words = [ngettext("%(n)d contact hour", "%(n)d contact hours", hours) % {"n": hours}] if hours or not rest else []
    words += [ngettext("%(n)d minute", "%(n)d minutes", rest) % {"n": rest}] if rest else []
    return " ".join(words)


def _gap(field: rules.Field) -> str:
    about = {"about": field.about}
    if field.code == "hours":
        return _("%(about)s: approved for %(required)s; the record shows %(has)s.") % {
            **about,
            "required": contact_hours(field.required or 0),
            "has": contact_hours(field.has or 0),
        }
    return {
        "completed": _("No hour was posted yet, so there is no day of completion."),
        "approval": _(
            "No approval by NCBTMB or Florida held on the day of completion. A registrar writes it down in the program’s "
            "settings, with its regulator and days."
        ),
        "title": _("%(about)s was given for “%(title)s”, which is not the title of the record.")
        % {**about, "title": field.value},
        "type": _("%(about)s does not say whether the course is live, home study or a webinar.") % about,
        "provider_number": _("There is no %(about)s provider number that held on the day of completion.") % about,
        "provider": _("The school has no name."),
        "address": _("The school has no address. An administrator enters it."),
        "licence": _(
            "No checked Florida license of the participant held on the day of completion. A registrar looks it up and "
            "writes its number down on the record’s page."
        ),
        "instructor": _("An approval names no instructor. A registrar writes it down again with the instructor."),
        "instructor_licence": _("No checked license of %(about)s held on all days of the course.") % about,
        "signature": _("%(about)s has not signed the course yet.") % about,
        "test": _("The course is home study, and no test was passed."),
        "evaluation": _("The participant has not filled in the course evaluation yet."),
    }[field.code]


def _condition(field: rules.Field) -> rules.Condition:
    title = str(_TITLES[field.code])
    if field.about:
        title = f"{title}: {field.about}"
    return rules.Condition("ce", field.code, title, field.met, message=_shown(field) if field.met else _gap(field))


def _shown(field: rules.Field) -> str:
    """What is there, in words."""
    if field.code == "hours":
        return contact_hours(field.required or 0)
    if field.code == "type":
        return str(CourseType(field.value).label)
    if field.code in ("completed", "signature", "evaluation"):
        return documents.written_day(field.value)
    return field.value


class ContinuingEducation(CertificateKind):
    """Of an approved course: a program that NCBTMB or Florida approved as a whole."""

    kind = Kind.CE
    formats = (Format.PDF, Format.PNG, Format.JSON, Format.JWT)
    template = "ce.typ"

    def judge(self, record: TrainingRecord, subject: str = "") -> Case:
        """The fields of both bodies, the record's required facts, and the name. 13 queries at most."""
        transcript = transcript_for(record)
        course = course_of(transcript)
        name = holder_of(record)
        signs = documents.undrawable(name)
        seen = {one.code for one in transcript.milestones}
        rows = [
            *(_condition(field) for field in rules.fields_of(course)),
            *(rules.Condition("fact", fact.code, fact.title, fact.code in seen) for fact in transcript.requirements),
            rules.Condition("name", signs, name, bool(name) and not signs),
            *hold_rows(record),
        ]
        return Case(record, transcript, rules.Eligibility(tuple(rows)), about=course)

    def refusal_of_hands(self, case: Case, proposer: User, signer: User) -> str:
        """NCBTMB asks for the administrator's signature beside the instructor's."""
        if any(has_role(one, case.record.school_id, "admin") for one in (proposer, signer)):
            return ""
        return _(
            "A continuing education certificate bears the administrator’s signature: one of the two who prepare and "
            "sign it must be an administrator of the school."
        )

    def title(self, case: Case) -> str:
        """As approved."""
        return str(case.about.in_force[0].title)

    def facts(self, case: Case, **frame: Any) -> dict[str, Any]:
        """The fields beside what all kinds hold."""
        course: rules.Course = case.about
        first = course.in_force[0]
        home_study = any(one.is_home_study for one in course.in_force)
        tests = passed_tests(case.record, case.transcript.milestones) if home_study else []
        return {
            **shared_facts(transcript=case.transcript, **frame),
            "education": {
                "type": first.type,
                "minutes": first.minutes,
                "unit_minutes": rules.CONTACT_HOUR,
                "completed_on": str(course.last_on),
                "licences": [_licence(one) for one in course.licences_then],
                "provider": {"name": course.provider, "address": course.address},
                "approvals": [_approval(one, course) for one in course.in_force],
                "instructors": [_instructor(one, course) for one in course.instructors],
                "tests": [{"title": one.title, "on": one.on.date().isoformat()} for one in tests],
                "evaluated_on": str(course.evaluated_on),
            },
        }

    def award(self, facts: Mapping[str, Any]) -> credentials.Award:
        """A course with its contact hours, by approval."""
        about = facts["education"]
        said = ", ".join(f"{one['body']} {one['number']}" for one in about["approvals"])
        return credentials.Award(
            type=credentials.COURSE,
            name=facts["credential"]["title"],
            description=f"{facts['credential']['title']}, a course of continuing education ({_type(about['type'])}) of "
            f"{facts['school']['name']}, approved as {said}.",
            narrative=f"The whole course as approved, in contact hours of {about['unit_minutes']} minutes, and the "
            f"course evaluation{'; a passed test' if about['tests'] else ''}.",
            code=about["approvals"][0]["number"],
            lines=tuple(
                credentials.Line(f"approval-{place}", f"{one['body']} {one['number']}", one["minutes"], one["minutes"])
                for place, one in enumerate(about["approvals"], start=1)
            ),
            unit=about["unit_minutes"],
            word="contact",
        )

    def sheet(self, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        """The fields as a form: one row each."""
        about = facts["education"]
        unit = {"unit": about["unit_minutes"]}
        words = {
            "kind": _("Certificate of continuing education"),
            "certifies": _("This certifies that"),
            "completed": _("has completed the continuing education course"),
            "hours": contact_hours(about["minutes"]),
            "unit": _("of %(unit)d minutes each") % unit,
            "course": _("Course"),
            "approved": _("Approved by"),
            "number": _("Course number"),
            "length": _("Length"),
            "provider": _("Provider number"),
            "not_head": _("What this certificate is not."),
            "not_text": _(
                "It is not a license to practice. Whether the course counts for a renewal is for the board to decide. "
                "The provider keeps the attendance and this certificate for at least six years, and issues it again on "
                "request."
            ),
            **documents.proof_words(facts),
        }
        sheet = documents.frame(facts, words)
        sheet["title"] = f"{words['kind']}: {facts['credential']['title']}"
        sheet["total"] = f"{contact_hours(about['minutes'])}"
        sheet["facts"] = [
            {"name": _("Completed"), "value": documents.written_day(about["completed_on"])},
            {"name": _("Type"), "value": _type_words(about["type"])},
            *(
                {"name": _("License"), "value": f"{one['state']} {one['profession']} {one['number']}"}
                for one in about["licences"]
            ),
            *(
                {"name": _("Test passed"), "value": f"{one['title']}, {documents.written_day(one['on'])}"}
                for one in about["tests"]
            ),
            {"name": _("Provider"), "value": f"{about['provider']['name']}, {_line(about['provider']['address'])}"},
        ]
        sheet["approvals"] = [
            [
                one["body"],
                one["number"],
                _("%(hours)s, of %(unit)d minutes")
                % {"hours": _hours_of(one["regulator"], one["minutes"], about["type"]), **unit},
                one["provider_number"],
            ]
            for one in about["approvals"]
        ]
        sheet["teachers"] = [
            {
                "name": one["name"],
                "title": _("Instructor, %(state)s %(profession)s %(number)s") % one["licence"],
                "act": _("Signed %(day)s") % {"day": documents.written_day(one["signed_on"])},
            }
            for one in about["instructors"]
        ]
        return sheet


def _hours_of(regulator: str, minutes: int, type_: str) -> str:
    """Florida tells classroom hours (somebody was there) from instruction hours; NCBTMB says contact hours."""
    if regulator != rules.FLORIDA or minutes % rules.CONTACT_HOUR:
        return contact_hours(minutes)
    hours = minutes // rules.CONTACT_HOUR
    if type_ == CourseType.LIVE:
        return ngettext("%(n)d classroom hour", "%(n)d classroom hours", hours) % {"n": hours}
    return ngettext("%(n)d instruction hour", "%(n)d instruction hours", hours) % {"n": hours}


def _line(address: str) -> str:
    return ", ".join(part.strip() for part in address.splitlines() if part.strip())


def _type(type_: str) -> str:
    return {"live": "live", "webinar": "live webinar"}.get(type_, "home study")


def _type_words(type_: str) -> str:
    return str(CourseType.HOME_STUDY.label if CourseType(type_).is_home_study else CourseType(type_).label)


def _days(span: rules.Span) -> dict[str, str | None]:
    return {
        "valid_from": span.since.isoformat() if span.since else None,
        "valid_to": span.until.isoformat() if span.until else None,
    }


def _licence(one: rules.Licence) -> dict[str, Any]:
    return {"number": one.span.number, "state": one.state, "profession": one.profession, **_days(one.span)}


def _approval(one: rules.Approval, course: rules.Course) -> dict[str, Any]:
    provider = course.number_for(one.regulator)
    return {
        "regulator": one.regulator,
        "body": one.body,
        "number": one.span.number,
        "title": one.title,
        "minutes": one.minutes,
        "type": one.type,
        **_days(one.span),
        "provider_number": provider.number if provider else "",
        "provider": _days(provider) if provider else {},
    }


def _instructor(one: rules.Instructor, course: rules.Course) -> dict[str, Any]:
    held = one.licence_for(course.first_on, course.last_on) if course.first_on and course.last_on else None
    return {
        "id": one.id,
        "name": one.name,
        "licence": _licence(held) if held else {},
        "signed_on": str(one.signed_on),
    }
