"""Answers what an organisation asks of codes, names and hours; keeps it, signs it, and slows down who guesses."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation, SchoolClosing, User
from accounts.selectors import has_role, holders_of
from certification.certificates.selectors import read_code
from notices.services import enqueue_mail

from .. import probing, verdicts
from ..models import ApiKey, Check, CheckedItem, Disclosure, ProbingAlert
from ..offline.receipt import name_digest
from ..rules import ASKING_ROLES
from ..selectors import (
    AT_ONCE,
    Found,
    asked_lately,
    check_by_request,
    found_for,
    open_stop,
    schools_guessed_at,
    slowed_until,
)
from ..verdicts import Asked, Verdict
from ..wording import line_told
from .consents import note_looks
from .inserting import insert_all
from .receipts import fresh_salt, make_receipt

MOST_LINES = 10_000
MOST_CLAIMS = 100
"""Claims in one line."""
MOST_NAMES = 3
"""Names that one request may try on one code: more is guessing."""


class BadLine(NamedTuple):
    """What is wrong with one line: its position from 0, the field, and a sentence that says what to do."""

    position: int
    field: str
    message: str


class BadLinesError(ValueError):
    """Lines that cannot be asked; nothing was."""

    def __init__(self, lines: Sequence[BadLine]) -> None:
        super().__init__(f"{len(lines)} lines cannot be asked")
        self.lines = tuple(lines)


class OtherRequestError(ValueError):
    """The same key was used for another request before."""


class SlowedDownError(Exception):
    """The organisation guessed, and gets no answers for `wait` seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"slowed down for {wait} s")
        self.wait = wait


Tell = Callable[[int, int], None]
"""Called now and then with how many lines have their answer, and of how many the answer is written down."""


def _silent(_answered: int, _written: int) -> None:
    pass


def check(
    *,
    organisation: Organisation,
    items: Sequence[Asked],
    face: str,
    request_key: str,
    by: User | None = None,
    key: ApiKey | None = None,
    tell: Tell = _silent,
) -> Check:
    """Ask about up to `MOST_LINES` codes in an organisation's name, by a person or by a key; what was answered is kept.

    Codes may be spelled as people type them. One transaction: the check, its lines, a look for each consent under which
    something was told, and the signed receipt, or nothing. Idempotent by `request_key` (per organisation): the same
    request gets the same check back, another one raises OtherRequestError. Raises BadLinesError, SlowedDownError, and
    KeyFileError when the platform's key is not there; refuses (ValidationError) a person without a role there, and an
    organisation that was stopped.

    At most 50 queries for 10,000 lines.
    """
    may_ask(organisation, by)
    lines = read_lines(items)
    digest = request_digest(lines)
    try:
        with transaction.atomic():
            found = asked_before(organisation, request_key, digest)
            return found or _ask(organisation, lines, face, by, key, (key_digest(request_key), digest), tell)
    except IntegrityError:  # the same request, a moment earlier
        found = asked_before(organisation, request_key, digest)
        if found is None:
            raise
        return found


def may_ask(organisation: Organisation, by: User | None) -> None:
    """Refuse (ValidationError) a person without a role there, and an organisation that was stopped. Two queries."""
    if by is not None and not has_role(by, organisation, *ASKING_ROLES):
        raise ValidationError(_("You do not ask for this organisation."), code="no_right")
    stop = open_stop(organisation)
    if stop is not None:
        raise ValidationError(
            _("This organisation may check nothing for now. The reason: %(words)s") % {"words": stop.words},
            code="stopped",
        )


def may_get_answers(organisation: Organisation, now: datetime) -> None:
    """Raise SlowedDownError while an organisation gets no answers, since it guessed. One query."""
    slowed = slowed_until(organisation, now)
    if slowed is not None:
        raise SlowedDownError(max(1, int((slowed - now).total_seconds())))


def key_digest(request_key: str) -> str:
    """The digest under which a request's key is kept."""
    return hashlib.sha256(request_key.encode()).hexdigest()


def asked_before(organisation: Organisation, request_key: str, digest: str) -> Check | None:
    """The check that this request made before; OtherRequestError where its key came with another one. One query."""
    found = check_by_request(organisation, key_digest(request_key))
    if found is not None and found.request_digest != digest:
        raise OtherRequestError
    return found


def _ask(
    organisation: Organisation,
    lines: Sequence[Asked],
    face: str,
    by: User | None,
    key: ApiKey | None,
    made: tuple[str, str],
    tell: Tell,
) -> Check:
    # One request of an organisation after the other: each sees the misses of those before it.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    now = timezone.now().replace(microsecond=0)
    may_get_answers(organisation, now)
    found: dict[str, Found] = {}
    told: list[Verdict] = []
    for start in range(0, len(lines), AT_ONCE):
        some = lines[start : start + AT_ONCE]
        found |= found_for(organisation, [line.code for line in some])
        told += [verdicts.judge(line, hit.held if (hit := found.get(line.code)) else None) for line in some]
        tell(len(told), 0)
    asked = Check.objects.create(
        organisation=organisation,
        by=by,
        key=key,
        face=face,
        asked_at=now,
        request_key=made[0],
        request_digest=made[1],
        items=len(lines),
        misses=sum(verdict.is_miss for verdict in told),
    )
    salt = fresh_salt()
    rows = [
        CheckedItem(
            check_of=asked,
            position=line.row or place,
            code=line.code,
            name_sha256=name_digest(salt, line.name) if verdict.name else "",
            claims=dict(line.claims),
            status=verdict.status,
            name=verdict.name,
            told=dict(verdict.claims),
            told_record=bool(verdict.record),
            certificate=found[line.code].certificate if line.code in found else None,
        )
        for place, (line, verdict) in enumerate(zip(lines, told, strict=True), start=1)
    ]
    for start in range(0, len(rows), AT_ONCE):
        insert_all(rows[start : start + AT_ONCE])
        tell(len(told), min(start + AT_ONCE, len(rows)))
    looks = [
        (consent, line_told(verdict.status, verdict.name, verdict.claims.values()))
        for line, verdict in zip(lines, told, strict=True)
        if (hit := found.get(line.code)) and (consent := hit.consent)
    ]
    if looks:
        note_looks(looks=looks, face=Disclosure.Face.API if face == Check.Face.API else Disclosure.Face.DESK)
    make_receipt(check=asked, lines=rows, salt=salt)
    _watch(organisation, now)
    return asked


def read_lines(items: Sequence[Asked]) -> list[Asked]:
    """The lines with their codes as they are shown. BadLinesError names every one that cannot be asked."""
    if not 0 < len(items) <= MOST_LINES:
        raise BadLinesError([BadLine(0, "items", _("Ask about 1 to %(most)d codes.") % {"most": MOST_LINES})])
    wrong: list[BadLine] = []
    read: list[Asked] = []
    names: dict[str, set[str]] = {}
    for position, item in enumerate(items):
        try:
            code = read_code(item.code)
        except ValidationError as refused:
            wrong.append(BadLine(position, "code", " ".join(refused.messages)))
            continue
        name = " ".join(item.name.split())
        if name:
            asked = names.setdefault(code, set())
            asked.add(name.casefold())
            if len(asked) > MOST_NAMES:
                wrong.append(
                    BadLine(position, "name", _("Ask at most %(most)d names of one code.") % {"most": MOST_NAMES})
                )
        if len(item.claims) > MOST_CLAIMS:
            wrong.append(BadLine(position, "claims", _("Claim at most %(most)d categories.") % {"most": MOST_CLAIMS}))
        elif any(minutes < 0 for minutes in item.claims.values()):
            wrong.append(BadLine(position, "claims", _("Write minutes as whole numbers, none below zero.")))
        read.append(Asked(code, name, item.claims, item.row))
    if wrong:
        raise BadLinesError(wrong)
    return read


def request_digest(lines: Iterable[Asked]) -> str:
    """A keyed digest of a request: names are in it, and a stolen database shall not let them be guessed."""
    told = json.dumps([[line.code, line.name, sorted(line.claims.items())] for line in lines], ensure_ascii=False)
    return salted_hmac("palmar.verification.request", told, algorithm="sha256").hexdigest()


def _watch(organisation: Organisation, now: datetime) -> None:
    """Slow an organisation down once its misses look like guessing, and tell the schools that were guessed at."""
    since, asked, misses = asked_lately(organisation, now)
    if not probing.is_probing(asked=asked, misses=misses):
        return
    alert = ProbingAlert.objects.create(
        organisation=organisation, at=now, since=since, until=now + probing.SLOWED, asked=asked, misses=misses
    )
    context: Mapping[str, Any] = {"alert": alert, "organisation": organisation}
    for school in schools_guessed_at(organisation, since):
        closed = SchoolClosing.objects.filter(school=school).exists()
        roles = (Membership.Role.CUSTODIAN,) if closed else (Membership.Role.ADMIN, Membership.Role.REGISTRAR)
        for user in {user.pk: user for role in roles for user in holders_of(school, role)}.values():
            enqueue_mail(
                key=f"probing:{alert.pk}:{school.pk}:{user.pk}",
                to=user.email,
                template="verification_probing",
                context={**context, "school": school, "user": user},
                user=user,
            )
    for user in User.objects.filter(is_superuser=True, is_active=True).order_by("pk"):
        enqueue_mail(
            key=f"probing:{alert.pk}:platform:{user.pk}",
            to=user.email,
            template="verification_probing",
            context={**context, "school": None, "user": user},
            user=user,
        )
