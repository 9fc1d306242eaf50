"""Reads shifts, links and signatures; changes nothing, whoever opens what."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.models import Membership, Organisation, User
from certification.records.models import HourEntry, Posting, TrainingRecord
from notices.selectors import Waiting, mails_waiting

from .. import rules
from ..models import LinkToken, Placement, Shift, SignOff, SignOffLink, SignOffRow, SiteAssignment, Supervisor
from .second_factor import texts_unsent

SHOWN_FORM = "palmar-shift/2"
# What was shown before regions, measures, clocks and amendments; such rows are read and compared as they were made.
FIRST_FORM = "palmar-shift/1"
# Who may place learners, verify supervisors and send links again.
PLACING_ROLES = ("coordinator", "registrar", "admin")


# ---- what a row shows ------------------------------------------------------------------------------------------------


def claim_of(shift: Shift, form: str = SHOWN_FORM) -> dict[str, Any]:
    """What the learner claims, in the words that are signed. No query when clock, and what it amends, are loaded.

    Her reflection is not among them: the supervisor does not read it.
    """
    claim = {
        "shift": str(shift.uuid),
        "version": shift.version,
        "kind": shift.kind,
        "starts_at": rules.written_instant(shift.starts_at),
        "ends_at": rules.written_instant(shift.ends_at),
        "break_minutes": shift.break_minutes,
        "minutes": shift.minutes,
        "techniques": list(shift.techniques),
        "client_code": shift.client_code,
        "statement": shift.statement,
        "entered": shift.entered,
    }
    if form == FIRST_FORM:
        return claim
    return claim | {
        "regions": list(shift.regions),
        "complaint": shift.complaint,
        "screen": shift.screen,
        "measures": [dict(measure) for measure in shift.measures],
        "clock": clocked_of(shift),
        "amends": _amends(shift),
    }


def clocked_of(shift: Shift) -> dict[str, Any] | None:
    """What its clock measured, and when she was away from the site by it; None for a shift by hand."""
    if shift.clock is None or shift.clocked_from is None:
        return None
    return {
        "from": rules.written_instant(shift.clocked_from),
        "to": rules.written_instant(shift.clocked_to) if shift.clocked_to else None,
        "break_minutes": shift.clocked_break,
        "away": list(shift.clock.away),
    }


def _amends(shift: Shift) -> dict[str, str] | None:
    """The signed shift whose place it takes, by the digest of that signature, and why; None for most shifts."""
    if shift.amends is None:
        return None
    signed = [done for done in shift.amends.decisions.all() if done.decision == SignOff.Decision.SIGN]
    return {
        "shift": str(shift.amends.uuid),
        "digest": signed[0].digest if signed else "",
        "reason": shift.amend_reason,
    }


def shown_for(shift: Shift) -> str:
    """The very bytes of the row that a supervisor reads, salted: their digest, which stays for ever, names nobody.

    Queries only for relations that are not loaded.
    """
    placement = shift.placement
    return rules.canonical(
        {
            "form": SHOWN_FORM,
            **claim_of(shift),
            "entered_at": rules.written_instant(shift.created_at),
            "zone": placement.site.zone,
            "learner": name_of_learner(placement.record),
            "school": placement.record.school.name,
            "site": str(placement.site),
            "supervisor": str(shift.supervisor.uuid),
            # Side by side with what she signs anew; it never changes, being signed.
            "was": claim_of(shift.amends) if shift.amends else None,
            "salt": secrets.token_hex(16),
        }
    )


def name_of_learner(record: TrainingRecord) -> str:
    """The learner's legal name, else her pseudonym when she was erased."""
    user = record.learner.user
    return user.get_full_name() if user else str(record.learner.uuid)


def still_as_shown(row: SignOffRow) -> bool:
    """Whether the shift waits unchanged, as this row shows it. No query when the shift is loaded."""
    shift = row.shift
    if shift.state != Shift.State.SENT or shift.version != row.version:
        return False
    if rules.digest_of(row.shown) != row.digest:
        return False
    shown = json.loads(row.shown)
    form = shown["form"]
    if form == FIRST_FORM and (shift.regions or shift.complaint or shift.screen or shift.measures or shift.clock_id):
        return False
    return all(shown.get(key) == value for key, value in claim_of(shift, form).items())


# ---- links -----------------------------------------------------------------------------------------------------------


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def link_state(link: SignOffLink, now: datetime) -> str:
    """One of revoked, spent, expired, held, open. No query when the supervisor is loaded."""
    if link.revoked_at is not None:
        return "revoked"
    if now >= link.expires_at:
        return "expired"
    if link.spent_at is not None:
        return "spent"
    if link.held_at is not None or link.supervisor.verified_at is None:
        return "held"
    return "open"


def mail_key(link: SignOffLink) -> str:
    """The key in the outbox of the mail that asked: a link's own, or the one that it shares with others."""
    return f"signoff-link:{link.mailed_as or link.uuid}"


def link_by_token(token: str) -> SignOffLink | None:
    """The link of a token, its own or a reminder's, with everything its page shows; None for an unknown one. One query."""
    kept = token_hash(token)
    of_reminder = LinkToken.objects.filter(token_hash=kept).values("link")
    found = loaded_links().filter(Q(token_hash=kept) | Q(pk__in=of_reminder), channel=SignOffLink.Channel.MAIL)
    return found.first()


def loaded_links() -> QuerySet[SignOffLink]:
    """Links with supervisor, site, school and learner, in one query."""
    return SignOffLink.objects.select_related(
        "supervisor", "placement__site__organisation", "placement__record__school", "placement__record__learner__user"
    )


def rows_of(link: SignOffLink) -> list[SignOffRow]:
    """The rows of a link in the order of time, each with its shift and the decision about its version.

    Two queries, and one more where a shift amends another.
    """
    rows = list(
        link.rows.select_related("shift__clock", "shift__amends")
        .prefetch_related("shift__amends__decisions")
        .order_by("shift__starts_at", "shift_id")
    )
    decided = {
        (done.shift_id, done.version): done for done in SignOff.objects.filter(shift__in=[row.shift_id for row in rows])
    }
    for row in rows:
        row.decided = decided.get((row.shift_id, row.version))  # type: ignore[attr-defined]
    return rows


# ---- who may sign ----------------------------------------------------------------------------------------------------


def is_learner_herself(*, email: str, user_id: int | None, record: TrainingRecord) -> bool:
    """Whether an address or account is the learner's own, under any spelling. At most one query."""
    person = record.learner.user
    if person is None:
        return False
    if user_id is not None and user_id == person.pk:
        return True
    own = {person.email, *EmailAddress.objects.filter(user=person).values_list("email", flat=True)}
    return rules.canonical_address(email) in {rules.canonical_address(address) for address in own}


def is_learner_of(*, school: Organisation | int, email: str, user_id: int | None) -> bool:
    """Whether an address or account belongs to somebody who studies at the school now. At most two queries."""
    studying = TrainingRecord.objects.filter(school=school, sealed_at=None, completed_on=None)
    if user_id is not None and studying.filter(learner__user_id=user_id).exists():
        return True
    alike = Q()
    for domain in rules.domains_alike(email):
        alike |= Q(email__iendswith=f"@{domain}")
    # The sieve is by domain alone: the spellings of the part before it are compared here.
    people = User.objects.filter(learner__records__in=studying)
    addresses = people.filter(alike).values_list("email", flat=True)
    others = EmailAddress.objects.filter(alike, user__in=people).values_list("email", flat=True)
    wanted = rules.canonical_address(email)
    return any(rules.canonical_address(address) == wanted for address in addresses.union(others))


def assignments_at(supervisor: Supervisor, site_id: int) -> tuple[rules.Window, ...]:
    """The periods in which a supervisor works at a site. One query."""
    rows = SiteAssignment.objects.filter(supervisor=supervisor, site_id=site_id)
    return tuple(rules.Window(first, last) for first, last in rows.values_list("from_on", "until_on"))


def supervisors_at(placement: Placement) -> list[Supervisor]:
    """Who may sign in a placement, by name: those who work at its site at any time of it, of these only who is named
    where somebody is. One query.
    """
    named = Placement.supervisors.through.objects.filter(placement=placement.pk)
    offered = Exists(named.filter(supervisor=OuterRef("pk"))) | ~Exists(named)
    return list(_working_there(placement).filter(offered).order_by("name", "pk"))


def supervisors_there(placement: Placement) -> list[Supervisor]:
    """Everybody who works at a placement's site at any time of it, and who is named for it, by name. One query."""
    named = Placement.supervisors.through.objects.filter(placement=placement.pk, supervisor=OuterRef("pk"))
    return list((_working_there(placement) | Supervisor.objects.filter(Exists(named))).order_by("name", "pk"))


def _working_there(placement: Placement) -> QuerySet[Supervisor]:
    there = SiteAssignment.objects.filter(supervisor=OuterRef("pk"), site=placement.site_id).filter(
        Q(until_on=None) | Q(until_on__gte=placement.starts_on), from_on__lte=placement.ends_on
    )
    return Supervisor.objects.filter(Exists(there))


def staff_to_ask(school: Organisation | int) -> list[User]:
    """Who answers for placements: the school's coordinators, else its registrars. One query."""
    held = Membership.objects.filter(
        organisation=school, until=None, role__in=["coordinator", "registrar"], user__is_active=True
    ).select_related("user")
    rows = list(held.order_by("pk"))
    coordinators = [row.user for row in rows if row.role == "coordinator"]
    return coordinators or [row.user for row in rows]


# ---- the learner's own -----------------------------------------------------------------------------------------------


def own_placements(user: User) -> list[Placement]:
    """A learner's placements with the rules that judge them, newest first. One query."""
    return list(
        Placement.objects.filter(record__learner__user=user)
        .select_related("site__organisation", "record__school", "record__rule_set", "record__learner__user")
        .defer("record__rule_set__source")
        .order_by("-starts_on", "-pk")
    )


def running_placements(record: TrainingRecord) -> list[Placement]:
    """The approved and active placements of a record, oldest first. One query."""
    return list(
        Placement.objects.filter(record=record, state__in=Placement.LIVE)
        .select_related("site__organisation")
        .order_by("starts_on", "pk")
    )


def session_worth() -> rules.Worth:
    """What a session with a client counts as: category and tags. No query."""
    worth = rules.KINDS["client_session"]
    assert worth is not None
    return worth


@dataclass(frozen=True, slots=True)
class BoardShift:
    """One shift of a learner's list, with the last word about it, the link that waits, and the shift that amends it."""

    shift: Shift
    decision: SignOff | None
    link: SignOffLink | None
    link_state: str
    amended_by: Shift | None = None

    @property
    def counts(self) -> bool:
        """Whether its hours are those that stand: signed, and not amended since."""
        return self.shift.state == Shift.State.SIGNED and not self.is_amended

    @property
    def is_amended(self) -> bool:
        """Whether a signed amendment took its place."""
        return self.amended_by is not None and self.amended_by.state == Shift.State.SIGNED


@dataclass(frozen=True, slots=True)
class Board:
    """All shifts of a learner, in the order of time, and her placements."""

    placements: tuple[Placement, ...]
    shifts: tuple[BoardShift, ...]

    def of(self, *states: str) -> list[BoardShift]:
        """Those in one of `states`."""
        return [row for row in self.shifts if row.shift.state in states]

    def signed_minutes(self, placement: Placement) -> int:
        """Minutes of a placement that stand in the ledger."""
        return sum(
            row.decision.posted_minutes
            for row in self.shifts
            if row.shift.placement_id == placement.pk and row.decision and row.counts
        )


def board_of(user: User, now: datetime) -> Board:
    """Everything on a learner's page of shifts. Four queries, whatever its length (three without a shift, five with an
    amendment).
    """
    placements = own_placements(user)
    places = {placement.pk: placement for placement in placements}
    decisions = Prefetch("decisions", SignOff.objects.order_by("version"))
    rows = Prefetch("rows", mailed_rows())
    shifts = (
        Shift.objects.filter(placement__in=places)
        .select_related("supervisor", "clock", "amends")
        .prefetch_related(decisions, rows, "amends__decisions")
        .order_by("starts_at", "pk")
    )
    amended_by = living_amendments(shifts)
    listed = []
    for shift in shifts:
        shift.placement = places[shift.placement_id]
        listed.append(
            board_shift(shift, list(shift.decisions.all()), list(shift.rows.all()), now, amended_by.get(shift.pk))
        )
    return Board(tuple(placements), tuple(listed))


def sent_shifts(placement: Placement) -> QuerySet[Shift]:
    """The shifts of a placement that were ever sent and are not drafts again, newest first. Three queries when read."""
    return (
        Shift.objects.filter(placement=placement, sent_at__isnull=False)
        .exclude(state=Shift.State.DRAFT)
        .select_related("supervisor", "clock", "amends")
        .prefetch_related(
            Prefetch("decisions", SignOff.objects.order_by("version")),
            Prefetch("rows", mailed_rows()),
            "amends__decisions",
        )
        .order_by("-starts_at", "-pk")
    )


def boarded(shifts: Sequence[Shift], placement: Placement, now: datetime) -> list[BoardShift]:
    """Shifts of one placement as lines of a list. One query."""
    asked = Shift.objects.filter(amends__in=[shift.pk for shift in shifts])
    amended_by = living_amendments(asked)
    found = []
    for shift in shifts:
        shift.placement = placement
        found.append(
            board_shift(shift, list(shift.decisions.all()), list(shift.rows.all()), now, amended_by.get(shift.pk))
        )
    return found


def living_amendments(shifts: Iterable[Shift]) -> dict[int, Shift]:
    """Which of these shifts takes whose place, or asks to; by the amended shift's primary key. No query of its own."""
    over = (Shift.State.REFUSED, Shift.State.WITHDRAWN)
    return {shift.amends_id: shift for shift in shifts if shift.amends_id is not None and shift.state not in over}


def amendment_of(shift: Shift) -> Shift | None:
    """The shift that takes the place of this one, or asks to. One query."""
    return Shift.objects.filter(amends=shift).exclude(state__in=[Shift.State.REFUSED, Shift.State.WITHDRAWN]).first()


def mailed_rows() -> QuerySet[SignOffRow]:
    """Rows of mailed links, with link and supervisor, the oldest first."""
    return (
        SignOffRow.objects.filter(link__channel=SignOffLink.Channel.MAIL)
        .defer("shown")
        .select_related("link__supervisor")
        .order_by("pk")
    )


def board_shift(
    shift: Shift,
    decisions: Sequence[SignOff],
    rows: Iterable[SignOffRow],
    now: datetime,
    amended_by: Shift | None = None,
) -> BoardShift:
    """Put a shift together with its last decision and its newest link. No query when all is loaded."""
    link = None
    for row in rows:
        if row.version == shift.version:
            link = row.link
    return BoardShift(
        shift, decisions[-1] if decisions else None, link, link_state(link, now) if link is not None else "", amended_by
    )


@dataclass(frozen=True, slots=True)
class LeftOutLine:
    """Time of a shift that the ledger did not take, and what holds it."""

    starts_at: datetime
    ends_at: datetime
    minutes: int
    title: str


def left_out_of(shift: Shift) -> list[LeftOutLine]:
    """What the ledger left out of a signed shift, and the entry that has that time. At most two queries."""
    posting = Posting.objects.filter(record_id=shift.placement.record_id, source_key=shift.source_key).first()
    if posting is None or not posting.left_out:
        return []
    titles = dict(
        HourEntry.objects.filter(uuid__in=[line["entry"] for line in posting.left_out]).values_list("uuid", "title")
    )
    return [
        LeftOutLine(
            datetime.fromisoformat(line["starts_at"]),
            datetime.fromisoformat(line["ends_at"]),
            line["minutes"],
            titles.get(UUID(line["entry"]), ""),
        )
        for line in posting.left_out
    ]


def codes_used(placement: Placement) -> list[str]:
    """The client codes that a learner used in a placement, newest first, each once. One query."""
    rows = Shift.objects.filter(placement=placement).exclude(client_code="").order_by("-starts_at", "-pk")
    return list(dict.fromkeys(rows.values_list("client_code", flat=True)))


# ---- the school's list -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WaitingLink:
    """One mail that asked for a signature and what still waits in it."""

    link: SignOffLink
    state: str
    rows: tuple[SignOffRow, ...]
    mail: Waiting | None = None
    """Its mail, where that has not gone."""
    text: Waiting | None = None
    """The text message with its newest code, where that has not gone."""

    @property
    def minutes(self) -> int:
        """Minutes that wait."""
        return sum(row.shift.minutes for row in self.rows)

    @property
    def since(self) -> datetime:
        """Since when the oldest of them waits."""
        return min(row.shift.sent_at for row in self.rows if row.shift.sent_at is not None)


def waiting_links(
    schools: Iterable[Organisation], now: datetime, *, placement: Placement | None = None
) -> list[WaitingLink]:
    """The links of some schools (of one placement, if named) in which shifts still wait, the oldest wait first.

    Three queries, and at most two more where codes by text message are asked for.
    """
    links = links_with_waiting().filter(placement__record__school__in=schools)
    found = waiting_in(links if placement is None else links.filter(placement=placement), now)
    mails = mails_waiting([mail_key(item.link) for item in found])
    texts = texts_unsent(item.link for item in found)
    found = [replace(item, mail=mails.get(mail_key(item.link)), text=texts.get(item.link.pk)) for item in found]
    return sorted(found, key=lambda item: (item.since, item.link.pk))


def links_with_waiting() -> QuerySet[SignOffLink]:
    """Mailed links in which shifts still wait, with these and their shifts. Two queries when read."""
    rows = Prefetch(
        "rows",
        SignOffRow.objects.defer("shown")
        .filter(shift__state=Shift.State.SENT)
        .select_related("shift")
        .order_by("shift__starts_at"),
    )
    return (
        loaded_links()
        .filter(
            Exists(SignOffRow.objects.filter(link=OuterRef("pk"), shift__state=Shift.State.SENT)),
            channel=SignOffLink.Channel.MAIL,
            replaced_by=None,
        )
        .prefetch_related(rows)
    )


def waiting_in(links: QuerySet[SignOffLink], now: datetime) -> list[WaitingLink]:
    """What waits in each of `links_with_waiting`."""
    found = []
    for link in links:
        alive = tuple(row for row in link.rows.all() if row.version == row.shift.version)
        if alive:
            found.append(WaitingLink(link, link_state(link, now), alive))
    return found
