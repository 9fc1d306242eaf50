"""Credentials that outsiders read: Open Badges 3.0 for a certificate, CLR 2.0 for a transcript. Pure: facts in, JSON out.

What goes in are the frozen facts of a certificate; nothing is asked again. Hours are written twice, both as text: in
hours and minutes for people (`ext:ClockHours`), in whole minutes for programs (`ext:ClockMinutes`). No fraction and no
member outside the contexts ever stands here, so a proof covers all of it.

1EdTech Open Badges 3.0 and Comprehensive Learner Record 2.0; W3C Verifiable Credentials Data Model 2.0.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from certification.keys.proofs.contexts import CLR, CREDENTIALS, OPEN_BADGES, OPEN_BADGES_EXTENSIONS

from .rules import canonical, sha256

BADGE_SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
CLR_SCHEMA = "https://purl.imsglobal.org/spec/clr/v2p0/schema/json/clr_v2p0_clrcredential_schema.json"
SCHEMA_TYPE = "1EdTechJsonSchemaValidator2019"
HOURS, MINUTES = "ext:ClockHours", "ext:ClockMinutes"
SKEW = timedelta(minutes=1)
"""`validFrom` lies this much before the issue: some readers allow no skew of clocks."""
COMPLETION, COURSE = "CertificateOfCompletion", "Course"


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who issues: the DID for ever, the name as of this day."""

    did: str
    name: str
    url: str = ""

    def profile(self) -> dict[str, Any]:
        """The issuer as credentials name it."""
        profile: dict[str, Any] = {"id": self.did, "type": ["Profile"], "name": self.name}
        return {**profile, "url": self.url} if self.url else profile


@dataclass(frozen=True, slots=True)
class StatusPlace:
    """Where a reader finds whether it was revoked: the list's address and the place in it."""

    address: str
    index: int

    def entry(self) -> dict[str, Any]:
        """The `credentialStatus` of a credential."""
        return {
            "id": f"{self.address}#{self.index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(self.index),
            "statusListCredential": self.address,
        }


@dataclass(frozen=True, slots=True)
class House:
    """Addresses that stand inside signed credentials and never change."""

    base: str

    def certificate(self, code: str) -> str:
        """A certificate as JSON."""
        return f"{self.base}/certificates/{code}.json"

    def transcript(self, code: str) -> str:
        """A transcript as JSON."""
        return f"{self.base}/transcripts/{code}.json"

    def achievement(self, name: str) -> str:
        """What a credential is awarded for."""
        return f"{self.base}/achievements/{name}"

    def checkpoint(self, origin: str, size: int) -> str:
        """The signed head of an hour log."""
        return f"{self.base}/checkpoints/{origin.rpartition('/')[2]}/{size}"


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _day(iso: str) -> str:
    return _instant(datetime.combine(date.fromisoformat(iso), time(), tzinfo=UTC))


def in_hours(minutes: int, unit: int) -> str:
    """Minutes as people read them: `300 h`, `52 h 30 min`; hours of `unit` minutes. Exact, the same in every language."""
    hours, rest = divmod(minutes, unit)
    return f"{hours} h {rest} min" if hours and rest else f"{rest} min" if rest else f"{hours} h"


# ---- what is awarded -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One number of an achievement: a category of hours, or their sum. Minutes; `required` 0 asks for nothing."""

    code: str
    title: str
    required: int
    value: int


def lines_of(facts: Mapping[str, Any]) -> list[Line]:
    """The total and every category of a certificate's facts, parents before children, as what counts."""

    def walk(nodes: Iterable[Mapping[str, Any]]) -> Iterator[Line]:
        for node in nodes:
            yield Line(node["code"], node["title"], node["required"], node["counted"])
            yield from walk(node["children"])

    total = facts["totals"]["total"]
    return [Line("total", "All hours", total["required"], total["counted"]), *walk(facts["totals"]["categories"])]


@dataclass(frozen=True, slots=True)
class Award:
    """What one kind of certificate says in a credential: the type of Open Badges 3.0, words, numbers, and a state.

    `word` is whose hours they are (clock, contact); `status` is one of the standard's result statuses or empty;
    without `log` the credential says nothing of hours at all.
    """

    type: str
    name: str
    description: str
    narrative: str
    code: str
    lines: tuple[Line, ...]
    unit: int
    word: str = "clock"
    status: str = ""
    log: bool = True


def completion(facts: Mapping[str, Any]) -> Award:
    """What a certificate of completion says: the program, and the hours that its rules ask for."""
    unit, rules = facts["rule_set"]["unit_minutes"], facts["rule_set"]
    return Award(
        type=COMPLETION,
        name=facts["credential"]["title"],
        description=f"{facts['credential']['title']}, a program of {facts['school']['name']}.",
        narrative=f"The hours of the rule set {rules['label']} ({rules['status']}), of {unit} minutes each, and "
        f"every requirement of the program.",
        code=facts["enrollment"]["program"],
        lines=tuple(lines_of(facts)),
        unit=unit,
    )


def achievement(facts: Mapping[str, Any], house: House, *, award: Award | None = None) -> dict[str, Any]:
    """What a certificate is awarded for, as it was then; a completed program unless `award` says otherwise.

    Its address is made from what it says, so two certificates of the same program and rules name the same one, and a
    change of either makes another.
    """
    award = award or completion(facts)
    described: dict[str, Any] = {
        "type": ["Achievement"],
        "achievementType": award.type,
        "name": award.name,
        "description": award.description,
        "criteria": {"narrative": award.narrative},
        "humanCode": award.code,
    }
    said = {**described, "school": facts["school"]["slug"], "lines": [_asked(line) for line in award.lines]}
    described["id"] = house.achievement(achievement_name({**said, "status": True} if award.status else said))
    results = [part for line in award.lines for part in _described(line, described["id"], award.unit, award.word)]
    if award.status:
        results.append(
            {
                "id": f"{described['id']}#state",
                "type": ["ResultDescription"],
                "name": "State of the study",
                "resultType": "Status",
            }
        )
    return {**described, "resultDescription": results} if results else described


def achievement_name(content: Mapping[str, Any]) -> str:
    """The lasting name of what an achievement says: a UUID made from its canonical bytes."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, sha256(canonical(dict(content)).encode())))


def _asked(line: Line) -> list[Any]:
    return [line.code, line.title, line.required]


def _described(line: Line, address: str, unit: int, word: str = "clock") -> Iterator[dict[str, Any]]:
    for kind, suffix, words, value in (
        (HOURS, "hours", f"{word} hours", in_hours(line.required, unit)),
        (MINUTES, "minutes", f"{word} minutes", str(line.required)),
    ):
        described = {
            "id": f"{address}#{line.code}-{suffix}",
            "type": ["ResultDescription"],
            "name": f"{line.title}, {words}",
            "resultType": kind,
        }
        yield {**described, "requiredValue": value} if line.required else described


def _results(lines: Iterable[Line], address: str, unit: int) -> list[dict[str, Any]]:
    return [
        {"type": ["Result"], "resultDescription": f"{address}#{line.code}-{suffix}", "value": value}
        for line in lines
        for suffix, value in (("hours", in_hours(line.value, unit)), ("minutes", str(line.value)))
    ]


# ---- the certificate -------------------------------------------------------------------------------------------------


def _subject(facts: Mapping[str, Any], type_: str) -> dict[str, Any]:
    return {
        "id": f"urn:uuid:{facts['student']['id']}",
        "type": [type_],
        "identifier": [
            {
                "type": "IdentityObject",
                "hashed": False,
                "identityType": "name",
                "identityHash": facts["student"]["name"],
            }
        ],
    }


def _frame(facts: Mapping[str, Any], issuer: Issuer, status: StatusPlace, schema: str) -> dict[str, Any]:
    issued = datetime.fromisoformat(facts["issue"]["issued_at"])
    frame: dict[str, Any] = {
        "issuer": issuer.profile(),
        "validFrom": _instant(issued - SKEW),
        "credentialSchema": [{"id": schema, "type": SCHEMA_TYPE}],
        "credentialStatus": status.entry(),
    }
    expires = facts["issue"].get("expires_on")
    if expires:
        # The end of the last day where the record was kept, not in Greenwich.
        after = date.fromisoformat(expires) + timedelta(days=1)
        zone = ZoneInfo(facts["enrollment"].get("zone", "UTC"))
        frame["validUntil"] = _instant(datetime.combine(after, time(), tzinfo=zone))
    return frame


def badge(
    facts: Mapping[str, Any], *, house: House, issuer: Issuer, status: StatusPlace, award: Award | None = None
) -> dict[str, Any]:
    """A certificate as an Open Badges 3.0 credential, without its proof; of completion unless `award` says otherwise."""
    award = award or completion(facts)
    what = achievement(facts, house, award=award)
    results = _results(award.lines, what["id"], award.unit)
    if award.status:
        results.append({"type": ["Result"], "resultDescription": f"{what['id']}#state", "status": award.status})
    subject = {
        **_subject(facts, "AchievementSubject"),
        "activityStartDate": _day(facts["enrollment"]["started_on"]),
        "activityEndDate": _day(facts["enrollment"]["last_day_on"]),
        "achievement": what,
    }
    document = {
        "@context": [CREDENTIALS, OPEN_BADGES, OPEN_BADGES_EXTENSIONS],
        "id": house.certificate(facts["issue"]["code"]),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": award.name,
        **_frame(facts, issuer, status, BADGE_SCHEMA),
        "awardedDate": _day(facts["issue"]["issued_on"]),
        "credentialSubject": {**subject, "result": results} if results else subject,
    }
    if not award.log:
        return document
    ledger = facts["ledger"]
    return {
        **document,
        "evidence": [
            {
                "id": house.checkpoint(ledger["origin"], ledger["size"]),
                "type": ["Evidence"],
                "name": "Checkpoint of the school’s hour log",
                "narrative": f"Every hour is a line in the append-only log {ledger['origin']}, read at "
                f"{ledger['size']} lines; SHA-256 root {ledger['root']} (RFC 9162).",
            }
        ],
    }


# ---- the transcript --------------------------------------------------------------------------------------------------


def category_badges(
    facts: Mapping[str, Any], *, house: House, issuer: Issuer, status: StatusPlace
) -> list[dict[str, Any]]:
    """One credential, without proof, for each category of hours, so that each can be shown alone."""
    code, unit = facts["issue"]["code"], facts["rule_set"]["unit_minutes"]
    whole = achievement(facts, house)
    listed = []
    for node in _nodes(facts["totals"]["categories"]):
        address = f"{whole['id']}/{node['code']}"
        lines = [
            Line(node["code"], node["title"], node["required"], node["counted"]),
            Line(f"{node['code']}-attended", f"{node['title']}, attended", 0, node["attended"]),
            Line(f"{node['code']}-creditable", f"{node['title']}, creditable", 0, node["creditable"]),
            *_kind_lines(facts, node["code"], node["title"]),
        ]
        listed.append(
            {
                "@context": [CREDENTIALS, OPEN_BADGES, OPEN_BADGES_EXTENSIONS],
                "id": f"{house.transcript(code)}#{node['code']}",
                "type": ["VerifiableCredential", "OpenBadgeCredential"],
                "name": node["title"],
                **_frame(facts, issuer, status, BADGE_SCHEMA),
                "credentialSubject": {
                    **_subject(facts, "AchievementSubject"),
                    "achievement": {
                        "id": address,
                        "type": ["Achievement"],
                        "achievementType": COURSE,
                        "name": node["title"],
                        "description": f"{node['title']} in {facts['credential']['title']}.",
                        "criteria": {"narrative": f"Judged by the rule set {facts['rule_set']['label']}."},
                        "resultDescription": [part for line in lines for part in _described(line, address, unit)],
                    },
                    "result": _results(lines, address, unit),
                },
            }
        )
    return listed


def _kind_lines(facts: Mapping[str, Any], code: str, title: str) -> list[Line]:
    """How much of what was attended was taught at a distance, and how much came from another school."""
    inside = facts["totals"].get("kinds", {}).get(code, {})
    words = {"distance": "by distance", "transferred": "transferred"}
    return [
        Line(f"{code or 'total'}-{kind}", f"{title}, {said}", 0, inside[kind])
        for kind, said in words.items()
        if inside.get(kind)
    ]


_GRADES = {
    "measured": "timed by the school’s server",
    "awarded": "approved minutes of finished lessons",
    "co_signed": "signed by an instructor or supervisor",
    "transferred": "taken over from another school",
    "imported": "entered from earlier records",
    "self_reported": "stated by the learner alone",
    "corrected": "corrected by two people",
}


def record_badge(facts: Mapping[str, Any], *, house: House, issuer: Issuer, status: StatusPlace) -> dict[str, Any]:
    """One credential, without proof, of what no category says: how the creditable hours are evidenced, what was taught
    at a distance or transferred in all, from which schools, and each correction with its reason.
    """
    unit, address = facts["rule_set"]["unit_minutes"], f"{achievement(facts, house)['id']}/record"
    totals = facts["totals"]
    lines = [
        *_kind_lines(facts, "", "All hours"),
        *(Line(f"evidence-{grade}", f"Creditable, {_GRADES[grade]}", 0, totals["evidence"][grade]) for grade in _GRADES
          if totals["evidence"].get(grade)),
    ]  # fmt: skip
    title = "How the hours are evidenced"
    stories = [
        ("Transferred hours", f"{in_hours(one['minutes'], unit)} from {one['sending_school']}, of which "
         f"{in_hours(one['creditable'], unit)} are creditable.")
        for one in facts.get("transfers", [])
    ] + [
        ("Correction", f"{one['on']}, {one['title']}: {in_hours(one['minutes'], unit)}, reason {one['reason']}. Decided by "
         "two people; the line that it corrects stays in the log.")
        for one in facts.get("corrections", [])
    ]  # fmt: skip
    found = {
        "@context": [CREDENTIALS, OPEN_BADGES, OPEN_BADGES_EXTENSIONS],
        "id": f"{house.transcript(facts['issue']['code'])}#record",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": title,
        **_frame(facts, issuer, status, BADGE_SCHEMA),
        "credentialSubject": {
            **_subject(facts, "AchievementSubject"),
            "achievement": {
                "id": address,
                "type": ["Achievement"],
                "achievementType": COURSE,
                "name": title,
                "description": f"{title} in {facts['credential']['title']}.",
                "criteria": {"narrative": f"Judged by the rule set {facts['rule_set']['label']}."},
                "resultDescription": [part for line in lines for part in _described(line, address, unit)],
            },
            "result": _results(lines, address, unit),
        },
    }
    if stories:
        found["evidence"] = [{"type": ["Evidence"], "name": name, "narrative": told} for name, told in stories]
    return found


def _nodes(nodes: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for node in nodes:
        yield node
        yield from _nodes(node["children"])


def _pairs(nodes: Iterable[Mapping[str, Any]], parent: str) -> Iterator[tuple[str, str]]:
    for node in nodes:
        yield node["code"], parent
        yield from _pairs(node["children"], node["code"])


def clr(
    facts: Mapping[str, Any],
    *,
    house: House,
    issuer: Issuer,
    status: StatusPlace,
    certificate: Mapping[str, Any],
    categories: Iterable[Mapping[str, Any]],
) -> dict[str, Any]:
    """A transcript as CLR 2.0, without its proof: the signed certificate and the signed categories in it."""
    whole = achievement(facts, house)["id"]
    return {
        "@context": [CREDENTIALS, CLR, OPEN_BADGES, OPEN_BADGES_EXTENSIONS],
        "id": house.transcript(facts["issue"]["code"]),
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": f"Clock-hour transcript: {facts['credential']['title']}",
        **_frame(facts, issuer, status, CLR_SCHEMA),
        "awardedDate": _day(facts["issue"]["issued_on"]),
        "credentialSubject": {
            **_subject(facts, "ClrSubject"),
            "verifiableCredential": [certificate, *categories],
            "association": [
                {
                    "type": "Association",
                    "associationType": "isPartOf",
                    "sourceId": f"{whole}/{code}",
                    "targetId": f"{whole}/{parent}" if parent else whole,
                }
                for code, parent in _pairs(facts["totals"]["categories"], "")
            ],
        },
    }
