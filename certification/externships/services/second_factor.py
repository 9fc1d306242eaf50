"""Texts codes to the number on file, and judges what is typed; notes what the school changes of number and switch."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from notices.services import enqueue_mail, enqueue_text, withdraw_messages
from notices.texting import texting_is_on

from .. import rules
from ..models import EvaluationLink, SecondFactorStep, SigningCode, SignOffLink, Supervisor
from ..selectors import code_works, codes_of, link_state
from ..selectors.competencies import evaluation_state

Asked = SignOffLink | EvaluationLink


@transaction.atomic
def send_code(*, link: Asked, now: datetime | None = None) -> SigningCode:
    """Text a fresh code for this link to the number on file; an earlier one ends.

    Idempotent for a click sent twice. Refuses a link in which nothing waits, a supervisor who is asked for none, a
    server without a gateway, more than rules.SENDS_AN_HOUR by this link and rules.SENDS_A_DAY to this number that led to
    no signature.
    """
    now = now or timezone.now()
    # The supervisor first, as where her number is changed: what goes to one number is counted by one at a time.
    supervisor = Supervisor.objects.select_for_update(no_key=True).get(pk=link.supervisor_id)
    link = _locked(link)
    state = link_state(link, now) if isinstance(link, SignOffLink) else evaluation_state(link, now)
    if state != "open":
        raise ValidationError(_("Nothing waits here for your signature any more."))
    if not supervisor.asks_code:
        raise ValidationError(_("The school asks you for no code. You can sign without."))
    if not texting_is_on():
        raise ValidationError({"code": _("No text messages can be sent at the moment. Please tell the school.")})
    sent = codes_of(link)
    before = sent.filter(spent_at=None, cancelled_at=None).first()
    if before is not None and rules.is_one_click(now, before.made_at) and code_works(before, now):
        return before
    _must_wait(link, supervisor, now)
    if before is not None:
        _cancel([before], now)
    digits = f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}d}"
    code = SigningCode(
        uuid=uuid4(),
        number_hash=_number_hash(supervisor.phone),
        ends_with=supervisor.phone_ends,
        made_at=now,
        expires_at=now + rules.CODE_LIFE,
    )
    if isinstance(link, SignOffLink):
        code.link = link
    else:
        code.evaluation = link
    code.code_hash = _code_hash(code, link, supervisor.phone, digits)
    code.save()
    enqueue_text(
        key=code.message_key,
        to=supervisor.phone,
        user=supervisor.user,
        template="externships_code",
        context={
            "code": digits,
            "school": link.placement.record.school.name,
            "minutes": rules.CODE_LIFE // timedelta(minutes=1),
        },
        secret=True,
        expires_at=code.expires_at,
    )
    return code


def _locked(link: Asked) -> Asked:
    loaded = ("supervisor", "placement__record__school", "placement__site__organisation")
    if isinstance(link, SignOffLink):
        return SignOffLink.objects.select_related(*loaded).select_for_update(of=("self",)).get(pk=link.pk)
    return EvaluationLink.objects.select_related(*loaded).select_for_update(of=("self",)).get(pk=link.pk)


def _must_wait(link: Asked, supervisor: Supervisor, now: datetime) -> None:
    # One with which she signed was wanted: who answers for many learners needs as many.
    to_number = SigningCode.objects.filter(
        number_hash=_number_hash(supervisor.phone), made_at__gt=now - timedelta(days=1), spent_at=None
    )
    by_link = codes_of(link).values_list("made_at", flat=True)
    delay = rules.may_send(now, list(by_link), list(to_number.values_list("made_at", flat=True)))
    if delay is None:
        return
    until = date_format(delay.until.astimezone(ZoneInfo(link.placement.site.zone)), "j F, g:i A")
    sentences = {
        "hour": _("Three codes went out within an hour. Use the newest, or ask for another after %(until)s."),
        "day": _(
            "Five codes went to this number within a day without a signature. Another can be sent after %(until)s."
        ),
    }
    raise ValidationError({"code": sentences[delay.why] % {"until": until}})


def _number_hash(number: str) -> str:
    return salted_hmac("externships.number", number, algorithm="sha256").hexdigest()


def _code_hash(code: SigningCode, link: Asked, number: str, digits: str) -> str:
    return salted_hmac("externships.code", f"{code.uuid} {link.uuid} {number} {digits}", algorithm="sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class Tried:
    """What a typed code came to: the code that may be spent, or why not, in a sentence."""

    code: SigningCode | None
    refusal: str = ""


def try_code(*, link: Asked, typed: str, now: datetime) -> Tried:
    """Compare what was typed with the code of a link; spends nothing, counts a wrong try.

    Inside a transaction that holds the link, whose caller commits it also where this refuses: else the tries would not
    count.
    """
    code = codes_of(link).select_for_update(of=("self",)).filter(spent_at=None, cancelled_at=None).first()
    if code is None or not code_works(code, now):
        return Tried(None, _("There is no code that works any more. Press “Send me a code”."))
    number = Supervisor.objects.values_list("phone", flat=True).get(pk=link.supervisor_id)
    if constant_time_compare(_code_hash(code, link, number, rules.code_typed(typed)), code.code_hash):
        return Tried(code)
    code.tries += 1
    code.save(update_fields=["tries"])
    left = rules.CODE_TRIES - code.tries
    if not left:
        return Tried(None, _("That is not the code, and it was tried five times. Press “Send me a code” for another."))
    sentence = ngettext(
        "That is not the code. You can try %(left)s more time.",
        "That is not the code. You can try %(left)s more times.",
        left,
    )
    return Tried(None, sentence % {"left": left})


def code_missing() -> str:
    """What is said where no code was typed, or what cannot be one."""
    return _("Type the six digits of the code that we text you. You have none yet? Press “Send me a code”.")


def spend_code(code: SigningCode, now: datetime) -> None:
    """Mark a code as used, at the very moment that its signatures carry. Idempotent."""
    SigningCode.objects.filter(pk=code.pk, spent_at=None, cancelled_at=None).update(spent_at=now)


def _cancel(codes: list[SigningCode], now: datetime) -> None:
    """End open codes; their texts, if they have not gone, do not go."""
    SigningCode.objects.filter(pk__in=[code.pk for code in codes], spent_at=None, cancelled_at=None).update(
        cancelled_at=now
    )
    withdraw_messages(keys=[code.message_key for code in codes], now=now)


def must_take_texts(phone: str, *, was_asked: bool) -> None:
    """Refuse, beside the field, to ask for codes that can reach nobody."""
    if not phone:
        field = "phone" if was_asked else "asks_code"
        raise ValidationError({field: _("A code needs a number on file. Write it, or do not ask for a code.")})
    if not was_asked and not texting_is_on():
        raise ValidationError({"asks_code": _("This server sends no text messages, so no code can be asked for.")})
    if not rules.takes_texts(phone):
        raise ValidationError({"phone": _("A landline gets no text messages. Write a mobile number.")})


def note_changes(
    *, supervisor: Supervisor, before: Supervisor, by: User | None, now: datetime
) -> list[SecondFactorStep]:
    """Note what changed of number and switch, end the codes that were out, and tell her at the address she had before.

    Inside the transaction of the change.
    """
    whats = []
    if supervisor.phone != before.phone:
        whats.append(SecondFactorStep.What.NUMBER)
    if supervisor.asks_code != before.asks_code:
        whats.append(SecondFactorStep.What.ON if supervisor.asks_code else SecondFactorStep.What.OFF)
    steps = [
        SecondFactorStep.objects.create(
            supervisor=supervisor, what=what, ends_with=supervisor.phone_ends, by=by, at=now
        )
        for what in whats
    ]
    if not steps:
        return []
    theirs = Q(link__supervisor=supervisor) | Q(evaluation__supervisor=supervisor)
    _cancel(list(SigningCode.objects.filter(theirs, spent_at=None, cancelled_at=None)), now)
    if before.asks_code or supervisor.asks_code:
        enqueue_mail(
            key=f"second-factor:{steps[-1].uuid}",
            to=before.email,
            user=supervisor.user,
            template="externships_second_factor",
            context={
                "supervisor": supervisor,
                "school": supervisor.school.name,
                "whats": whats,
                "ends_with": supervisor.phone_ends,
            },
        )
    return steps
