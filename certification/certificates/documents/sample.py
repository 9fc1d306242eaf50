"""Facts of nobody, to show a school how its documents would look. What is drawn from them says SAMPLE across each page."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

CODE = "0000-0000-0000-0000-0"
_HOURS = (40, 30, 30, 50, 24, 26, 30)


def facts(
    school: str,
    address: str,
    look: Mapping[str, Any],
    *,
    license_number: str = "",
    signers: Sequence[tuple[str, str]] = (),
) -> dict[str, Any]:
    """A certificate of 300 hours in the form of frozen facts; `signers` are the UUIDs and names of one or two people."""
    subjects = [
        *(_("Pathology and red flags"), _("Assessment and range of motion"), _("Myofascial release")),
        *(_("Neuromuscular technique and trigger points"), _("Manual lymph drainage, introduction")),
        *(_("Rehabilitation and stretching"), _("Records, ethics, billing")),
    ]
    taught = [
        _node(f"s{at}", title, hours * 60) for at, (title, hours) in enumerate(zip(subjects, _HOURS, strict=True))
    ]
    practice = _node("x", _("Externship"), 4200, _node("y", _("Hands-on sessions"), 3150))
    people = [*signers, ("1", _("A. Registrar")), ("2", _("B. Registrar"))][:2]
    title = _("Medical Massage Practitioner, 300 hours")
    return {
        "sample": True,
        "school": {"name": school, "address": address, "licence_number": license_number},
        "student": {"id": "00000000-0000-4000-8000-000000000000", "name": _("Alexandra Sample-Graduate")},
        "credential": {"kind": "completion", "title": title},
        "enrollment": {"enrolled_on": "2025-09-01", "started_on": "2025-09-08", "last_day_on": "2026-06-05"},
        "courses": [
            {
                "course": "MFR@1", "titles": [_("Myofascial release")], "deliveries": ["in_person"],
                "signers": [_("C. Teacher")], "from": "2025-10-06", "to": "2025-12-12", "attended": 1800,
                "creditable": 1800, "grade_hundredths": 9200,
            },
            {
                "course": "NMT@1", "titles": [_("Neuromuscular technique and trigger points")],
                "deliveries": ["asynchronous", "in_person"], "signers": [_("C. Teacher")], "from": "2026-01-12",
                "to": "2026-03-20", "attended": 3060, "creditable": 3000, "grade_hundredths": 8750,
            },
        ],
        "clinical": [
            {
                "site": _("A clinic"), "supervisor": _("D. Supervisor"), "from": "2026-03-02", "to": "2026-06-05",
                "lines": 42, "minutes": {"x": 4200},
            }
        ],
        "transfers": [],
        "corrections": [],
        "totals": {
            "total": {"required": 18000, "attended": 18060, "creditable": 18000, "counted": 18000},
            "categories": [*taught, practice],
            "not_creditable": {},
            "evidence": {"measured": 5190, "co_signed": 12810},
            "kinds": {"": {"distance": 5190, "transferred": 0}},
        },
        "requirements": [{"code": "final", "title": _("Final practical examination"), "on": "2026-06-05"}],
        "rule_set": {"label": "sample@1", "title": title, "status": "sample", "sha256": "00", "unit_minutes": 60},
        "ledger": {"origin": "sample", "size": 31904, "root": "0" * 64},
        "issue": {
            "code": CODE,
            "version": 1,
            "issued_at": "2026-06-12T17:00:00+00:00",
            "issued_on": "2026-06-12",
            "signers": [
                {"act": act, "id": uuid, "name": name, "title": _("Registrar"), "on": day}
                for (uuid, name), act, day in zip(people, ("prepared", "issued"), ("2026-06-11", "2026-06-12"), strict=True)
            ],
        },
        **({"look": dict(look)} if look else {}),
    }  # fmt: skip


def _node(code: str, title: str, minutes: int, *children: dict[str, Any]) -> dict[str, Any]:
    sums = dict.fromkeys(("required", "attended", "creditable", "counted"), minutes)
    return {"code": code, "title": title, **sums, "children": list(children)}
