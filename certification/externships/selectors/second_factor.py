"""Reads whether a code is asked for where somebody signs, and how its text stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from notices.selectors import Waiting, mails_waiting
from notices.texting import texting_is_on

from .. import rules
from ..models import EvaluationLink, SecondFactorStep, SigningCode, SignOffLink, Supervisor


@dataclass(frozen=True, slots=True)
class CodeAsked:
    """A code is asked for: the end of the number, the code that works now (None: none was sent, or it is over).

    `text` is its text message where that has not gone; `can_text` whether this server sends any.
    """

    ends_with: str
    can_text: bool
    code: SigningCode | None = None
    text: Waiting | None = None


def codes_of(link: SignOffLink | EvaluationLink) -> QuerySet[SigningCode]:
    """All codes that were sent for a link."""
    return SigningCode.objects.filter(**{"link" if isinstance(link, SignOffLink) else "evaluation": link})


def code_works(code: SigningCode, now: datetime) -> bool:
    """Whether one can still sign with it."""
    ended = code.spent_at is not None or code.cancelled_at is not None
    return not ended and code.tries < rules.CODE_TRIES and now < code.expires_at


def code_asked(link: SignOffLink | EvaluationLink, now: datetime) -> CodeAsked | None:
    """What the page of a link says about its code; None where none is asked for. At most two queries, else none."""
    supervisor = link.supervisor
    if not supervisor.asks_code:
        return None
    code = codes_of(link).filter(spent_at=None, cancelled_at=None).first()
    if code is None or not code_works(code, now):
        return CodeAsked(supervisor.phone_ends, texting_is_on())
    text = mails_waiting([code.message_key]).get(code.message_key)
    return CodeAsked(supervisor.phone_ends, texting_is_on(), code, text)


def texts_unsent(links: Iterable[SignOffLink | EvaluationLink]) -> dict[int, Waiting]:
    """Of which links (all of one kind, with their supervisors) the newest code has not gone, by their keys.

    At most two queries, none where nobody is asked for a code.
    """
    asked = [link for link in links if link.supervisor.asks_code]
    if not asked:
        return {}
    of_links = Q(link__in=asked) if isinstance(asked[0], SignOffLink) else Q(evaluation__in=asked)
    codes = {code.message_key: code for code in SigningCode.objects.filter(of_links, spent_at=None, cancelled_at=None)}
    waiting = mails_waiting(codes) if codes else {}
    return {codes[key].link_id or codes[key].evaluation_id or 0: text for key, text in waiting.items()}


def second_factor_steps(supervisor: Supervisor) -> QuerySet[SecondFactorStep]:
    """What was changed of a supervisor's number and code, and by whom, the newest first. One query."""
    return supervisor.second_factor_steps.select_related("by").order_by("-at", "-pk")
