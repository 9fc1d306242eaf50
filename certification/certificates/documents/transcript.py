"""What the template of a transcript sets, from the frozen facts alone."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from certification.records.models import Delivery, Evidence

from .. import wording


def _day(iso: str) -> str:
    return date_format(date.fromisoformat(iso), "j M Y")


def sheet_of(facts: Mapping[str, Any], frame: Mapping[str, Any], hours: Any) -> dict[str, Any]:
    """The sheet of a transcript; `frame` is that of the certificate (school, holder, signers, words), `hours` writes
    minutes.
    """
    totals, enrollment, issue = facts["totals"], facts["enrollment"], facts["issue"]
    unit = facts["rule_set"]["unit_minutes"]
    kinds = totals.get("kinds", {})

    def written(minutes: int | None) -> str:
        return hours(minutes, unit) if minutes else "–"

    def rows(nodes: list[Mapping[str, Any]], depth: int = 0) -> Iterator[dict[str, Any]]:
        for node in nodes:
            inside = kinds.get(node["code"], {})
            yield {
                "depth": depth,
                "title": node["title"],
                **{name: written(node[name]) for name in ("required", "attended", "creditable", "counted")},
                "distance": written(inside.get("distance")),
                "transferred": written(inside.get("transferred")),
            }
            yield from rows(node["children"], depth + 1)

    total, all_kinds = totals["total"], kinds.get("", {})
    return {
        **frame,
        "title": f"{_('Transcript')}: {facts['credential']['title']}",
        "facts": [
            {"name": _("Enrolled"), "value": _day(enrollment["enrolled_on"])},
            {"name": _("Studied"), "value": f"{_day(enrollment['started_on'])} – {_day(enrollment['last_day_on'])}"},
            {"name": _("Completed, issued"), "value": _day(issue["issued_on"])},
            *([{"name": _("Holds until"), "value": _day(issue["expires_on"])}] if issue.get("expires_on") else []),
            {"name": _("Judged by"), "value": f"{facts['rule_set']['label']} ({facts['rule_set']['status']})"},
            {"name": _("Standing"), "value": _("Satisfactory")},
            *(
                [{"name": _("Takes the place of"), "value": f"{earlier['code']}, {_day(earlier['issued_on'])}"}]
                if (earlier := facts.get("supersedes"))
                else []
            ),
            {"name": _("Student number"), "value": facts["student"]["id"]},
        ],
        "categories": list(rows(totals["categories"])),
        "total": [
            _("Together"),
            *(written(total[name]) for name in ("required", "attended", "creditable", "counted")),
            written(all_kinds.get("distance")),
            written(all_kinds.get("transferred")),
        ],
        "reasons": [[wording.reason(code), hours(minutes, unit)] for code, minutes in totals["not_creditable"].items()],
        "courses": [
            [
                course["course"],
                ", ".join(course["titles"]),
                ", ".join(str(Delivery(kind).label) for kind in course["deliveries"])
                + (f" · {', '.join(course['signers'])}" if course["signers"] else ""),
                f"{_day(course['from'])} – {_day(course['to'])}",
                hours(course["attended"], unit),
                hours(course["creditable"], unit),
                wording.percent(course["grade_hundredths"]),
            ]
            for course in facts["courses"]
        ],
        "clinical": [
            [
                place["site"],
                place["supervisor"],
                f"{_day(place['from'])} – {_day(place['to'])}",
                str(place["lines"]),
                hours(sum(place["minutes"].values()), unit),
            ]
            for place in facts["clinical"]
        ],
        "transfers": [
            [moved["sending_school"], hours(moved["minutes"], unit), hours(moved["creditable"], unit)]
            for moved in facts["transfers"]
        ],
        "corrections": [
            [_day(one["on"]), f"{one['title']}: {one['reason']}", hours(one["minutes"], unit)]
            for one in facts.get("corrections", [])
        ],
        "evidence": [
            [str(Evidence(grade).label), wording.evidence(grade), hours(minutes, unit)]
            for grade, minutes in totals["evidence"].items()
        ],
        "requirements": [[fact["title"], _day(fact["on"][:10])] for fact in facts["requirements"]],
        "words": {
            **frame["words"],
            "kind": _("Transcript"),
            "not_head": _("What this transcript is not."),
            "page": _("Page {n} of {of}"),
            "hours": _("Hours by subject"),
            "hours_note": _(
                "An hour has %(unit)d minutes. Attended: you were there. Creditable: the rules accept it. Counted: within "
                "the limits of its subject. Distance hours were taught online; transferred hours at another school."
            )
            % {"unit": unit},
            "hour_columns": [
                *(_("Subject"), _("Required"), _("Attended"), _("Creditable"), _("Counted")),
                *(_("By distance"), _("Transferred")),
            ],
            "reasons": _("Attended and not creditable"),
            "reason_columns": [_("Reason"), _("Hours")],
            "courses": _("Courses"),
            "course_columns": [
                *(_("Code"), _("Title"), _("Delivery · instructor"), _("Days"), _("Attended"), _("Creditable")),
                _("Grade"),
            ],
            "clinical": _("Externship"),
            "clinical_columns": [_("Site"), _("Supervisor"), _("Days"), _("Lines"), _("Hours")],
            "transfers": _("From other schools"),
            "transfer_columns": [_("School"), _("Hours"), _("Creditable")],
            "corrections": _("Corrections"),
            "correction_columns": [_("Day"), _("What and why"), _("Hours")],
            "evidence": _("How each hour is known"),
            "evidence_columns": [_("Evidence"), _("What it means"), _("Creditable hours")],
            "requirements": _("Requirements beside the hours"),
            "requirement_columns": [_("Requirement"), _("Met on")],
        },
    }
