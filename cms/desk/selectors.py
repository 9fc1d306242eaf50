"""Reads what waits for staff, and finds people; only in the schools where this person works."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import TaskState

from accounts.models import Organisation, User
from accounts.selectors import STAFF_ROLES, schools_of
from certification.certificates.models import Certificate
from certification.certificates.selectors import (
    letters_asked_for,
    ready_records,
    records_to_sign,
    unconfirmed_revocations,
    waiting_proposals,
)
from certification.externships.models import Shift
from certification.quizzes.models import Attempt
from certification.records.models import Claim, Correction, HourEntry, Presence, TrainingRecord
from certification.records.selectors import corrections_to_decide, fitting, late_claims, open_claims, undecided
from commerce.models import Order
from courses.enrollments.models import Invitation
from courses.study.selectors import waiting_questions
from notices.models import Message

SEALING_ROLES = ("registrar", "admin")
PEOPLE_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """One pile of the desk: how many, of what, since when or for whom, and where to work on it."""

    count: int
    words: str
    detail: str
    url: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """What sealing a record today would leave: minutes that stand, and what is still open and would not come in."""

    minutes: int
    present: bool
    shifts: int
    corrections: int
    claims: int
    attempts: int
    certificate: bool
    next: TrainingRecord | None


def ending_of(record: TrainingRecord) -> Ending:
    """What sealing this record would mean. Eight queries."""
    return Ending(
        minutes=HourEntry.objects.filter(record=record).aggregate(all=Sum("minutes"))["all"] or 0,
        present=Presence.objects.filter(learner=record.learner, until=None).exists(),
        shifts=Shift.objects.filter(placement__record=record, state__in=["draft", "sent", "returned"]).count(),
        corrections=Correction.objects.filter(record=record, outcome="").count(),
        claims=Claim.objects.filter(record=record, answer="").count(),
        attempts=Attempt.objects.filter(assignment__record=record, state__in=["open", "marking"]).count(),
        certificate=Certificate.objects.filter(record=record, revocation=None).exists(),
        next=TrainingRecord.objects.filter(follows=record).first(),
    )


def staff_schools(user: User) -> list[Organisation]:
    """The schools where this person works in any role. At most two queries."""
    return list(schools_of(user, *STAFF_ROLES))


def waiting_for(user: User) -> list[Waiting]:
    """What waits for this person, most binding first. A fixed number of queries and those of `ready_records`."""
    piles: list[Waiting] = []
    sealing = list(schools_of(user, *SEALING_ROLES))
    placing = list(schools_of(user, "coordinator", *SEALING_ROLES))
    if sealing:
        proposals = list(waiting_proposals(sealing))
        mine = [proposal for proposal in proposals if proposal.proposed_by_id != user.pk]
        others = len(proposals) - len(mine)
        piles.append(
            Waiting(
                len(mine),
                ngettext("certificate to sign", "certificates to sign", len(mine)),
                ngettext("%(n)d more waits for a colleague", "%(n)d more wait for a colleague", others) % {"n": others}
                if others
                else "",
                "/desk/certificates/",
            )
        )
        revocations = unconfirmed_revocations(sealing)
        if revocations:
            confirm = [one for one in revocations if one.by_id != user.pk]
            rest = len(revocations) - len(confirm)
            piles.append(
                Waiting(
                    len(confirm),
                    ngettext("revocation to confirm", "revocations to confirm", len(confirm)),
                    ngettext("%(n)d more waits for a colleague", "%(n)d more wait for a colleague", rest) % {"n": rest}
                    if rest
                    else "",
                    "/desk/certificates/",
                    late=any(one.confirm_until < timezone.now() for one in confirm),
                )
            )
        ready, more = ready_records(sealing)
        piles.append(
            Waiting(
                len(ready),
                ngettext("graduate to prepare", "graduates to prepare", len(ready)),
                _("and more") if more else "",
                "/desk/certificates/",
            )
        )
        letters = letters_asked_for(sealing)
        piles.append(
            Waiting(
                len(letters),
                ngettext("letter of hours asked for", "letters of hours asked for", len(letters)),
                "",
                "/desk/certificates/",
            )
        )
        decide = corrections_to_decide(user, sealing).count()
        piles.append(
            Waiting(
                decide, ngettext("correction to approve", "corrections to approve", decide), "", "/desk/corrections/"
            )
        )
        claims = list(open_claims(user, sealing))
        late = len(late_claims(claims))
        piles.append(
            Waiting(
                len(claims),
                ngettext("claim about hours", "claims about hours", len(claims)),
                _claims_detail(claims, late),
                "/desk/claims/",
                late=bool(late),
            )
        )
        odd = undecided(user, sealing).count()
        piles.append(Waiting(odd, ngettext("anomaly to look at", "anomalies to look at", odd), "", "/desk/anomalies/"))
    if placing:
        shifts = Shift.objects.filter(placement__record__school__in=placing, state=Shift.State.SENT).aggregate(
            n=Count("pk")
        )["n"]
        piles.append(
            Waiting(
                shifts,
                ngettext("shift waits for a signature", "shifts wait for a signature", shifts),
                "",
                "/desk/placements/",
            )
        )
        offers = Invitation.objects.filter(program__school__in=placing, accepted_at=None, withdrawn_at=None).count()
        piles.append(Waiting(offers, ngettext("open invitation", "open invitations", offers), "", "/desk/invitations/"))
    asked, longest = waiting_questions(user)
    since = timesince(longest.waiting_since) if longest and longest.waiting_since else ""
    piles.append(
        Waiting(
            asked,
            ngettext("question of a learner", "questions of learners", asked),
            _("the oldest waits for %(time)s") % {"time": since} if since else "",
            "/desk/questions/",
        )
    )
    reviews = TaskState.objects.reviewable_by(user).count()
    piles.append(Waiting(reviews, ngettext("lesson to review", "lessons to review", reviews), "", "/cms/"))
    if sealing:
        troubles = Order.objects.filter(program__school__in=sealing).exclude(problem="").filter(enrollment=None).count()
        if troubles:
            piles.append(
                Waiting(
                    troubles,
                    ngettext("payment without a place", "payments without a place", troubles),
                    "",
                    "/desk/orders/",
                    late=True,
                )
            )
        unsent = Message.objects.filter(sent_at=None).exclude(last_error="")
        mails = unsent.filter(channel=Message.Channel.MAIL).count()
        if mails:
            words = ngettext("mail that did not go", "mails that did not go", mails)
            piles.append(Waiting(mails, words, _("we go on trying"), "/desk/", late=True))
        # A code that ran out a day ago calls for nothing any more.
        lately = Q(failed_at=None) | Q(failed_at__gt=timezone.now() - timedelta(days=1))
        texts = unsent.filter(lately, channel=Message.Channel.TEXT).count()
        if texts:
            words = ngettext("text message that did not go", "text messages that did not go", texts)
            piles.append(Waiting(texts, words, _("in the last day; is the gateway down?"), "/desk/", late=True))
    if list(schools_of(user, "instructor")):
        courses = len(records_to_sign(user))
        if courses:
            piles.append(Waiting(courses, ngettext("course to sign", "courses to sign", courses), "", "/desk/courses/"))
    return piles


def _claims_detail(claims: Sequence[Claim], late: int) -> str:
    if late:
        return ngettext("%(n)d is late", "%(n)d are late", late) % {"n": late}
    return _("answer by %(day)s") % {"day": date_format(claims[0].due_on, "j M Y")} if claims else ""


def people(user: User, query: str) -> QuerySet[TrainingRecord]:
    """The training records of this person's schools whose learner fits every word of `query`. One query when read."""
    return (
        fitting(TrainingRecord.objects.filter(school__in=staff_schools(user)), query)
        .select_related("learner__user", "school", "rule_set", "enrollment")
        .order_by("learner__user__legal_name", "-enrolled_on", "pk")
    )


def troubled_orders(user: User) -> QuerySet[Order]:
    """Paid orders that gave no place, in the schools whose registrar this person is. One query when read."""
    return (
        Order.objects.filter(program__school__in=schools_of(user, *SEALING_ROLES), enrollment=None)
        .exclude(problem="")
        .select_related("user", "program")
        .order_by("-paid_at")
    )
