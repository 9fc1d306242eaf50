"""Where the school asks for it she signs with a code that was texted to the number on file, and never without."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.services import ensure_user
from certification.externships import rules
from certification.externships.models import (
    EvaluationAnswer,
    SecondFactorStep,
    Shift,
    SigningCode,
    SigningReceipt,
    SignOff,
    SignOffLink,
    Supervisor,
)
from certification.externships.selectors import code_asked, waiting_links
from certification.externships.services import edit_supervisor, send_code
from certification.records.models import HourEntry
from notices.models import Message
from notices.services import deliver_due
from tests.gateway import DEAD, Gateway, gateway

from .conftest import NOW, Clinic, answers, text_of
from .test_competencies import library
from .test_evaluations import ask, form_of
from .test_evaluations import url_of as evaluation_url
from .test_signing import url_of

__all__ = ["library"]
pytestmark = pytest.mark.django_db
NUMBER = "+19125550143"


def change(supervisor: Supervisor, by: Any, **fields: Any) -> Supervisor:
    """Change some data of a supervisor, and leave all else."""
    names = ("name", "email", "licence_number", "licence_state", "profession", "valid_from", "valid_to")
    supervisor.refresh_from_db()
    edit_supervisor(supervisor=supervisor, by=by, **{**{name: getattr(supervisor, name) for name in names}, **fields})
    supervisor.refresh_from_db()
    return supervisor


@pytest.fixture
def phones(settings: Any) -> Iterator[Gateway]:
    with gateway() as found:
        settings.SMS_URL = found.url
        yield found


@pytest.fixture
def link(clinic: Clinic, phones: Gateway) -> SignOffLink:
    """Two shifts that wait for a supervisor who is asked for a code."""
    change(clinic.supervisor, clinic.school.coordinator, phone=NUMBER, asks_code=True)
    clinic.draft()
    clinic.draft("2026-11-11 12:30", "2026-11-11 18:30", kind="observation", techniques=[])
    return clinic.send()


def texted(url: str, phones: Gateway, form: dict[str, str] | None = None, browser: Client | None = None) -> str:
    """Ask for a code on the page; what arrives."""
    before = len(phones.got)
    page = (browser or Client()).post(url, {**(form or {}), "send_code": "yes"})
    assert page.status_code == 200
    deliver_due(now=timezone.now())
    assert len(phones.got) == before + 1
    return phones.code


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def signed() -> int:
    assert HourEntry.objects.count() == Shift.objects.filter(state="signed").count()
    return HourEntry.objects.count()


# ---- the rules -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("123456", "123456"),
        (" 123 456 ", "123456"),
        ("123-456", "123456"),
        ("000000", "000000"),
        ("12345", ""),
        ("1234567", ""),
        ("12345a", ""),
        ("١٢٣٤٥٦", ""),
        ("²23456", ""),
        ("", ""),
        ("1 2 3 4 5 6 or so", ""),
    ],
)
def test_a_code_is_read_as_it_is_typed(typed: str, read: str) -> None:
    assert rules.code_typed(typed) == read


@pytest.mark.parametrize(
    ("number", "takes"),
    [
        ("+19125550143", True),  # in North America a mobile cannot be told from a landline
        ("+447911123456", True),
        ("+442079460958", False),
        ("+18002345678", False),
        ("+1911", False),
        ("", False),
        ("9125550143", False),
    ],
)
def test_a_landline_takes_no_texts(number: str, takes: bool) -> None:
    assert rules.takes_texts(number) is takes


@pytest.mark.parametrize(
    ("by_link", "to_number", "why", "after"),
    [
        ([], [], None, None),
        ([10, 20], [10, 20], None, None),
        ([10, 20, 30], [10, 20, 30], "hour", 30),
        ([10, 20, 60], [10, 20, 60], None, None),  # minutes ago; the hour is over at its end
        ([10, 20, 59], [10, 20, 59], "hour", 1),
        ([5, 10, 20, 30], [5, 10, 20, 30], "hour", 40),
        ([], [100, 200, 300, 400, 500], "day", 940),
        ([], [100, 200, 300, 400, 1440], None, None),
        ([1, 2, 3], [1, 2, 3, 500, 600], "day", 840),
    ],
)
def test_how_often_a_code_is_sent(by_link: list[int], to_number: list[int], why: str | None, after: int | None) -> None:
    def ago(minutes: list[int]) -> list[Any]:
        return [NOW - timedelta(minutes=one) for one in minutes]

    delay = rules.may_send(NOW, ago(by_link), ago(to_number))
    assert (delay and delay.why) == why
    if delay and after is not None:
        assert delay.until == NOW + timedelta(minutes=after)
        assert rules.may_send(delay.until, ago(by_link), ago(to_number)) is None


def test_all_that_is_shown_of_a_number() -> None:
    assert rules.last_digits(NUMBER) == "43"
    assert rules.last_digits("") == ""


# ---- signing ---------------------------------------------------------------------------------------------------------


def test_she_signs_with_the_code_and_everybody_reads_that_she_did(
    clinic: Clinic, link: SignOffLink, phones: Gateway
) -> None:
    url, browser = url_of(link), Client()
    page = browser.get(url)
    said = text_of(page)
    assert "asks for a code when you sign. We text it to the number on file, which ends in 43." in said
    assert "Send me a code" in said and "912" not in said, "two digits are all that she is shown"
    assert not SigningCode.objects.exists(), "opening sends nothing"

    bare = browser.post(url, answers(link))
    assert "Type the six digits of the code" in text_of(bare)
    assert signed() == 0

    code = texted(url, phones, answers(link))
    assert phones.got == [(NUMBER, phones.got[0][1])]
    assert (
        f"{code} is your code for signing at {clinic.school.school.name}. It works for 10 minutes." in phones.got[0][1]
    )
    kept = SigningCode.objects.values().get()
    assert code not in str(kept) and NUMBER not in str(kept)
    assert code not in str(Message.objects.values()), "the outbox forgets it too"

    done = browser.post(url, answers(link, second_factor=f" {code[:3]} {code[3:]}"), REMOTE_ADDR="203.0.113.9")
    assert (done.status_code, done["Location"]) == (302, url)
    assert signed() == 2
    decisions = list(SignOff.objects.all())
    assert [(one.second_factor, one.ip) for one in decisions] == [("43", "203.0.113.9")] * 2
    assert SigningCode.objects.get().spent_at == decisions[0].decided_at
    for entry in HourEntry.objects.all():
        assert "; with a code by text message" in entry.text.body

    ending = "With a code by text message to the number ending in 43."
    assert ending in text_of(browser.get(url))
    assert ending in text_of(
        clinic.school.client(clinic.school.coordinator).get(
            reverse("externships:desk_shift", args=[decisions[0].shift.uuid])
        )
    )
    log = reverse("externships:own_log", args=[clinic.placement.uuid])
    assert "With a code by text message" in text_of(clinic.learner().get(log))
    receipt = text_of(browser.get(reverse("externships:receipt", args=[SigningReceipt.objects.get().code])))
    assert "with a code by text message to the number on file" in receipt
    assert "ending in" not in receipt, "whoever has the code of a receipt learns nothing of the number"
    mail = Message.objects.get(key__startswith="signoff-receipt:").body
    assert "You signed with a code that we texted to the number ending in 43." in mail


def test_who_is_not_asked_signs_as_ever(clinic: Clinic, phones: Gateway) -> None:
    change(clinic.supervisor, clinic.school.coordinator, phone=NUMBER)
    clinic.draft()
    link = clinic.send()
    url = url_of(link)
    page = text_of(Client().get(url))
    assert "Send me a code" not in page and "text message" not in page
    assert "The school asks you for no code" in text_of(Client().post(url, {"send_code": "yes"}))
    assert Client().post(url, answers(link)).status_code == 302
    assert (SignOff.objects.get().second_factor, SigningCode.objects.count(), phones.got) == ("", 0, [])
    assert "code by text" not in HourEntry.objects.get().text.body
    assert "texted" not in Message.objects.get(key__startswith="signoff-receipt:").body


@pytest.mark.parametrize("kind", ["return", "refuse", "propose"])
def test_what_gives_no_hours_needs_no_code(link: SignOffLink, kind: str) -> None:
    form = answers(link, kind, words="Not so.")
    for row in link.rows.select_related("shift"):
        uuid = row.shift.uuid
        form |= {f"{uuid}-starts": "10:00", f"{uuid}-ends": "12:00", f"{uuid}-break_minutes": "0"}
    assert Client().post(url_of(link), form).status_code == 302
    assert {(one.decision, one.second_factor) for one in SignOff.objects.all()} == {(kind, "")}


def test_in_one_sitting_only_what_is_signed_bears_the_code(link: SignOffLink, phones: Gateway) -> None:
    url, form = url_of(link), answers(link)
    second = str(link.rows.order_by("-shift__starts_at")[0].shift.uuid)
    form |= {f"answer-{second}": "return", f"words-{second}": "Look again."}
    assert Client().post(url, {**form, "second_factor": texted(url, phones)}).status_code == 302
    assert dict(SignOff.objects.values_list("decision", "second_factor")) == {"sign": "43", "return": ""}


def test_what_was_typed_stays_when_a_code_is_sent_and_when_it_is_wrong(link: SignOffLink, phones: Gateway) -> None:
    url = url_of(link)
    first, second = [str(row.shift.uuid) for row in link.rows.order_by("shift__starts_at")]
    form = {
        **answers(link),
        f"answer-{second}": "refuse",
        f"words-{second}": "You were not here.",
        "typed_name": "Priya Raman",
    }
    sent = Client().post(url, {**form, "send_code": "yes"})
    deliver_due(now=timezone.now())
    wrong = Client().post(url, {**form, "second_factor": other_than(phones.code)})
    for page in (sent, wrong):
        raw = page.content.decode()
        assert page.status_code == 200
        assert 'value="Priya Raman"' in raw and "You were not here." in raw
        assert re.search(rf'name="answer-{first}" value="sign" checked', raw)
        assert re.search(rf'name="answer-{second}" value="refuse" checked', raw)
        assert re.search(r'name="confirms_statement" value="yes" checked', raw)
    assert "A code went out at 10:00 AM. It works until 10:10 AM, on this page alone." in text_of(sent)
    assert "That is not the code. You can try 4 more times." in text_of(wrong)
    assert not SignOff.objects.exists(), "what needs no code waits with the rest of the sitting"
    assert Client().post(url, {**form, "second_factor": phones.code}).status_code == 302


def test_five_wrong_tries_end_a_code(link: SignOffLink, phones: Gateway) -> None:
    url = url_of(link)
    code = texted(url, phones)
    for left in ("4 more times", "3 more times", "2 more times", "1 more time", "tried five times"):
        assert left in text_of(Client().post(url, answers(link, second_factor=other_than(code))))
    assert "no code that works any more" in text_of(Client().post(url, answers(link, second_factor=code)))
    assert (signed(), SigningCode.objects.get().tries) == (0, 5)
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        fresh = texted(url, phones)
        assert Client().post(url, answers(link, second_factor=fresh)).status_code == 302
    assert signed() == 2


def test_no_try_is_lost_to_a_form_that_lacks_something(link: SignOffLink, phones: Gateway) -> None:
    url = url_of(link)
    code = texted(url, phones)
    for lacks in ({"typed_name": ""}, {"confirms_statement": ""}, {"second_factor": "12345"}):
        form = {**answers(link, second_factor=other_than(code)), **lacks}
        assert Client().post(url, form).status_code == 200
    assert SigningCode.objects.get().tries == 0


def test_a_code_ends(clinic: Clinic, link: SignOffLink, phones: Gateway) -> None:
    url = url_of(link)
    code = texted(url, phones)
    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        assert "no code that works any more" in text_of(Client().post(url, answers(link, second_factor=code)))
        newer = texted(url, phones)
        if newer != code:
            assert "That is not the code" in text_of(Client().post(url, answers(link, second_factor=code)))
        assert signed() == 0
    with time_machine.travel(NOW + timedelta(minutes=19, seconds=59), tick=False):
        assert Client().post(url, answers(link, second_factor=newer)).status_code == 302
    assert signed() == 2


def test_a_code_signs_once(clinic: Clinic, link: SignOffLink, phones: Gateway) -> None:
    url, form = url_of(link), answers(link)
    second = str(link.rows.order_by("-shift__starts_at")[0].shift.uuid)
    code = texted(url, phones)
    assert Client().post(url, {**form, f"answer-{second}": "", "second_factor": code}).status_code == 302
    assert signed() == 1
    again = Client().post(url, {**form, "second_factor": code})
    assert "no code that works any more" in text_of(again)
    assert signed() == 1
    assert Client().post(url, {**form, f"answer-{second}": "", "second_factor": code}).status_code == 302, "a repeat"
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        assert Client().post(url, {**form, "second_factor": texted(url, phones)}).status_code == 302
    assert signed() == 2


def test_a_code_of_another_link_signs_nothing(clinic: Clinic, link: SignOffLink, phones: Gateway) -> None:
    clinic.draft("2026-11-12 09:00", "2026-11-12 12:00")
    other = clinic.send()
    url, other_url = url_of(link), url_of(other)
    code = texted(url, phones)
    assert "no code that works" in text_of(Client().post(other_url, answers(other, second_factor=code)))
    own = texted(other_url, phones)
    if own != code:
        assert "That is not the code" in text_of(Client().post(other_url, answers(other, second_factor=code)))
    # Not even with its row put under the other link: the link is part of what is hashed.
    mine, its = SigningCode.objects.get(link=link), SigningCode.objects.get(link=other)
    digits = f"{mine.uuid} {other.uuid} {NUMBER} {code}"
    assert salted_hmac("externships.code", digits, algorithm="sha256").hexdigest() != mine.code_hash
    assert mine.number_hash == its.number_hash
    assert signed() == 0
    assert Client().post(other_url, answers(other, second_factor=own)).status_code == 302
    assert signed() == 1


def test_a_shift_that_cannot_be_signed_spends_no_code(clinic: Clinic, link: SignOffLink, phones: Gateway) -> None:
    url = url_of(link)
    code = texted(url, phones)
    clinic.supervisor.assignments.update(from_on="2026-11-15")
    assert "does not list you at this site" in text_of(Client().post(url, answers(link, second_factor=code)))
    assert SigningCode.objects.get().spent_at is None
    clinic.supervisor.assignments.update(from_on="2026-09-01")
    assert Client().post(url, answers(link, second_factor=code)).status_code == 302


def test_her_account_asks_for_the_code_too(clinic: Clinic, link: SignOffLink, phones: Gateway) -> None:
    user = ensure_user(email="own@example.org", legal_name="Priya Raman")
    EmailAddress.objects.create(user=user, email=clinic.supervisor.email, verified=True)
    url, browser = reverse("externships:queued", args=[link.uuid]), clinic.school.client(user)
    assert "Type the six digits" in text_of(browser.post(url, answers(link)))
    code = texted(url, phones, browser=browser)
    assert browser.post(url, answers(link, second_factor=code)).status_code == 302
    assert {(one.via, one.second_factor) for one in SignOff.objects.all()} == {("account", "43")}


def test_the_enter_key_never_sends_a_code(link: SignOffLink) -> None:
    raw = Client().get(url_of(link)).content.decode()
    form = raw[raw.index("data-sign>") :]
    assert "send_code" not in form[: form.index("</button>")]
    assert "send_code" in form


# ---- sending ---------------------------------------------------------------------------------------------------------


def test_a_click_sent_twice_sends_one_code_and_three_an_hour_are_enough(link: SignOffLink, phones: Gateway) -> None:
    url, browser = url_of(link), Client()
    texted(url, phones)
    browser.post(url, {"send_code": "yes"})
    assert SigningCode.objects.count() == 1
    for minute in (1, 2):
        with time_machine.travel(NOW + timedelta(minutes=minute), tick=False):
            texted(url, phones)
    with time_machine.travel(NOW + timedelta(minutes=59), tick=False):
        refused = text_of(browser.post(url, {"send_code": "yes"}))
        assert "Three codes went out within an hour" in refused and "after 20 November, 11:00 AM" in refused
        deliver_due(now=timezone.now())
    assert len(phones.got) == 3
    with time_machine.travel(NOW + timedelta(minutes=60), tick=False):
        texted(url, phones)


def test_five_a_day_to_one_number_whatever_the_link(clinic: Clinic, link: SignOffLink, phones: Gateway) -> None:
    clinic.draft("2026-11-12 09:00", "2026-11-12 12:00")
    url, other = url_of(link), url_of(clinic.send())
    for minute, one in enumerate((url, url, url, other, other)):
        with time_machine.travel(NOW + timedelta(minutes=minute), tick=False):
            texted(one, phones)
    with time_machine.travel(NOW + timedelta(hours=23), tick=False):
        assert "Five codes went to this number" in text_of(Client().post(url, {"send_code": "yes"}))
    with time_machine.travel(NOW + timedelta(hours=24), tick=False):
        texted(url, phones)


def test_a_supervisor_of_many_learners_signs_for_all_of_them(
    clinic: Clinic, link: SignOffLink, phones: Gateway
) -> None:
    for hour in range(5):
        with time_machine.travel(NOW + timedelta(hours=hour), tick=False):
            if hour:
                clinic.draft(f"2026-11-1{2 + hour} 09:00", f"2026-11-1{2 + hour} 12:00")
                link = clinic.send()
            url = url_of(link)
            form = {**answers(link), "second_factor": texted(url, phones)}
            assert Client().post(url, form).status_code == 302
    assert SigningCode.objects.filter(spent_at__isnull=False).count() == 5
    with time_machine.travel(NOW + timedelta(hours=7), tick=False):
        clinic.draft("2026-11-18 09:00", "2026-11-18 12:00")
        url = url_of(clinic.send())
        for minute in (0, 1, 61, 62, 122):
            with time_machine.travel(NOW + timedelta(hours=7, minutes=minute), tick=False):
                texted(url, phones)
    with time_machine.travel(NOW + timedelta(hours=12), tick=False):
        page = text_of(Client().post(url, {"send_code": "yes"}))
        assert "Five codes went to this number within a day without a signature" in page


def test_dead_links_send_nothing(clinic: Clinic, link: SignOffLink, phones: Gateway) -> None:
    url = url_of(link)
    Client().post(url, answers(link, "refuse", words="Not here."))
    with pytest.raises(ValidationError, match="Nothing waits here for your signature"):
        send_code(link=link)
    with time_machine.travel(NOW + timedelta(days=29), tick=False):
        assert Client().post(url, {"send_code": "yes"}).status_code == 410
    assert Client().post("/sign/unknown/", {"send_code": "yes"}).status_code == 404
    assert not SigningCode.objects.exists()


def test_a_held_link_sends_nothing(clinic: Clinic, link: SignOffLink) -> None:
    Supervisor.objects.update(verified_at=None)
    with pytest.raises(ValidationError, match="Nothing waits"):
        send_code(link=SignOffLink.objects.get())


def test_a_dead_gateway_keeps_the_page_and_is_seen_by_the_school(
    clinic: Clinic, link: SignOffLink, phones: Gateway, settings: Any, django_assert_num_queries: Any
) -> None:
    url, living = url_of(link), settings.SMS_URL
    settings.SMS_URL = DEAD
    Client().post(url, {**answers(link), "send_code": "yes"})
    deliver_due(now=timezone.now())
    said = text_of(Client().get(url))
    assert "The text message has not gone yet. We keep trying" in said
    assert "it sees what could not be sent" in said and "print a paper form" in said
    desk = clinic.school.client(clinic.school.coordinator)
    board = reverse("externships:desk_placements")
    assert "Code not yet texted tried once" in re.sub(
        r"\s+", " ", text_of(desk.get(board)).replace("texted", "texted ")
    )
    with django_assert_num_queries(5):
        (waits,) = waiting_links([clinic.school.school], timezone.now())
    assert waits.text is not None and waits.text.attempts == 1
    # It comes back: the one text goes, once, and signs.
    settings.SMS_URL = living
    with time_machine.travel(NOW + timedelta(minutes=2), tick=False):
        assert deliver_due(now=timezone.now()) >= 1
        deliver_due(now=timezone.now() + timedelta(minutes=5))
        assert len(phones.got) == 1
        assert "Code not yet texted" not in text_of(desk.get(board))
        assert Client().post(url, answers(link, second_factor=phones.code)).status_code == 302
    assert signed() == 2


def test_a_text_that_never_went_is_said_and_a_new_one_may_be_asked_for(
    clinic: Clinic, link: SignOffLink, phones: Gateway, settings: Any
) -> None:
    url, living = url_of(link), settings.SMS_URL
    settings.SMS_URL = DEAD
    Client().post(url, {"send_code": "yes"})
    for minute in (0, 1, 3, 7):
        deliver_due(now=NOW + timedelta(minutes=minute, seconds=5 * minute))
    with time_machine.travel(NOW + timedelta(minutes=8), tick=False):
        assert "could not be sent. Nothing you typed is lost" in text_of(Client().get(url))
        board = clinic.school.client(clinic.school.coordinator).get(reverse("externships:desk_placements"))
        assert "Code could not be texted" in text_of(board)
        settings.SMS_URL = living
        assert Client().post(url, answers(link, second_factor=texted(url, phones))).status_code == 302


def test_without_a_gateway_she_is_told_the_way_on_and_signs_nothing(
    clinic: Clinic, link: SignOffLink, settings: Any
) -> None:
    settings.SMS_URL = ""
    url = url_of(link)
    said = text_of(Client().get(url))
    assert "No text messages can be sent at the moment" in said and "it can print a paper form for you" in said
    assert "Send me a code" not in said
    assert "No text messages can be sent" in text_of(Client().post(url, {"send_code": "yes"}))
    assert Client().post(url, answers(link)).status_code == 200
    assert signed() == 0
    page = clinic.school.client(clinic.school.coordinator).get(
        reverse("externships:desk_supervisor", args=[clinic.supervisor.uuid])
    )
    assert "This server has no gateway any more" in text_of(page)


# ---- the switch ------------------------------------------------------------------------------------------------------


def test_it_is_off_and_needs_a_number_that_takes_texts(clinic: Clinic, phones: Gateway) -> None:
    by = clinic.school.coordinator
    assert not clinic.supervisor.asks_code
    for fields, sentence in (
        ({"asks_code": True}, "needs a number on file"),
        ({"asks_code": True, "phone": "+442079460958"}, "A landline gets no text messages"),
    ):
        with pytest.raises(ValidationError, match=sentence):
            change(clinic.supervisor, by, **fields)
    assert not SecondFactorStep.objects.exists()
    change(clinic.supervisor, by, asks_code=True, phone="(912) 555-0143")
    assert (clinic.supervisor.asks_code, clinic.supervisor.phone) == (True, NUMBER)
    with pytest.raises(ValidationError, match="needs a number on file"):
        change(clinic.supervisor, by, phone="")
    with pytest.raises(ValidationError, match="Only the school"):
        change(clinic.supervisor, clinic.school.foreign_registrar, asks_code=False)
    change(clinic.supervisor, by, phone="", asks_code=False)
    with pytest.raises(DatabaseError, match=r"supervisor_code_has_a_number|CHECK|check"), transaction.atomic():
        Supervisor.objects.update(asks_code=True)


def test_without_a_gateway_it_cannot_be_turned_on(clinic: Clinic, settings: Any) -> None:
    settings.SMS_URL = ""
    with pytest.raises(ValidationError, match="sends no text messages"):
        change(clinic.supervisor, clinic.school.coordinator, phone=NUMBER, asks_code=True)
    desk = clinic.school.client(clinic.school.coordinator)
    page = desk.get(reverse("externships:desk_edit_supervisor", args=[clinic.supervisor.uuid]))
    assert "whoever runs it has not set SMS_URL" in text_of(page)
    assert re.search(r'<input[^>]*name="asks_code"[^>]*disabled', page.content.decode())


def test_the_school_turns_it_on_and_off_by_screen_and_reads_who_did(clinic: Clinic, phones: Gateway) -> None:
    desk = clinic.school.client(clinic.school.coordinator)
    edit = reverse("externships:desk_edit_supervisor", args=[clinic.supervisor.uuid])
    form = {
        name: value if value is not None else ""
        for name, value in desk.get(edit).context["form"].initial.items()
        if name != "asks_code"
    }
    refused = desk.post(edit, {**form, "asks_code": "on"})
    assert refused.status_code == 422 and "needs a number on file" in text_of(refused)
    assert desk.post(edit, {**form, "phone": "912 555 0143", "asks_code": "on"}).status_code == 302
    clinic.supervisor.refresh_from_db()
    assert clinic.supervisor.asks_code
    said = text_of(desk.get(reverse("externships:desk_supervisor", args=[clinic.supervisor.uuid])))
    by = clinic.school.coordinator.get_full_name()
    assert f"20 Nov 2026, 10:00 AM: Number changed, now ending in 43, {by}" in said
    assert f"Code asked for, {by}" in said
    form |= {"version": str(clinic.supervisor.version), "phone": NUMBER}
    assert desk.post(edit, form).status_code == 302
    assert "Not asked for" in text_of(desk.get(reverse("externships:desk_supervisor", args=[clinic.supervisor.uuid])))
    assert list(SecondFactorStep.objects.order_by("pk").values_list("what", flat=True)) == ["number", "on", "off"]
    mails = Message.objects.filter(key__startswith="second-factor:").order_by("pk")
    assert [("asks for a code" in mail.body, "does not ask" in mail.body) for mail in mails] == [
        (True, False), (False, True),
    ]  # fmt: skip


def test_another_number_ends_the_codes_and_is_told_to_her(clinic: Clinic, link: SignOffLink, phones: Gateway) -> None:
    url = url_of(link)
    code = texted(url, phones)
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        Client().post(url, {"send_code": "yes"})  # this one waits in the outbox
        waiting = SigningCode.objects.latest("pk")
        change(clinic.supervisor, clinic.school.coordinator, phone="+19125550199", email="thief@harborview.example")
        deliver_due(now=timezone.now())
    assert len(phones.got) == 1, "what had not gone does not go to the old number"
    assert Message.objects.get(key=waiting.message_key).body == ""
    assert not SigningCode.objects.filter(cancelled_at=None).exists()
    told = Message.objects.filter(key__startswith="second-factor:").latest("pk")
    assert told.to == "praman@harborview.example", "where she is, not where somebody says that she is now"
    assert "It ends in 99." in told.body and "555" not in told.body
    fresh = SignOffLink.objects.get(replaces=link)
    there = reverse("externships:sign", args=[clinic.token()])
    assert "no code that works" in text_of(Client().post(there, answers(fresh, second_factor=code)))
    with time_machine.travel(NOW + timedelta(minutes=2), tick=False):
        texted(there, phones)
    assert phones.got[-1][0] == "+19125550199"


def test_a_code_ends_with_its_number_even_if_nobody_cancels_it(
    clinic: Clinic, link: SignOffLink, phones: Gateway
) -> None:
    url = url_of(link)
    code = texted(url, phones)
    Supervisor.objects.update(phone="+19125550199")
    assert "That is not the code" in text_of(Client().post(url, answers(link, second_factor=code)))
    Supervisor.objects.update(phone=NUMBER)
    assert Client().post(url, answers(link, second_factor=code)).status_code == 302


def test_what_the_page_says_costs_two_queries_and_none_where_nobody_asks(
    clinic: Clinic, link: SignOffLink, phones: Gateway, django_assert_num_queries: Any
) -> None:
    texted(url_of(link), phones)
    loaded = SignOffLink.objects.select_related("supervisor").get()
    with django_assert_num_queries(2):
        assert code_asked(loaded, timezone.now())
    loaded.supervisor.asks_code = False
    with django_assert_num_queries(0):
        assert code_asked(loaded, timezone.now()) is None


# ---- evaluations -----------------------------------------------------------------------------------------------------


def test_an_evaluation_asks_for_the_code_too(library: Clinic, phones: Gateway) -> None:
    change(library.supervisor, library.school.coordinator, phone=NUMBER, asks_code=True)
    link = ask(library)
    url, form = evaluation_url(link), form_of(link, SOAP="2")
    assert "ends in 43" in text_of(Client().get(url))
    assert "Type the six digits" in text_of(Client().post(url, form))
    sent = Client().post(url, {**form, "send_code": "yes"})
    assert "She is careful." in sent.content.decode() and "A code went out" in text_of(sent)
    deliver_due(now=timezone.now())
    wrong = Client().post(url, {**form, "second_factor": other_than(phones.code)})
    assert "You can try 4 more times" in text_of(wrong) and "She is careful." in wrong.content.decode()
    assert (EvaluationAnswer.objects.count(), SigningCode.objects.get().tries) == (0, 1)
    assert Client().post(url, {**form, "second_factor": phones.code}).status_code == 302
    answer = EvaluationAnswer.objects.get()
    assert (answer.second_factor, answer.answered_at) == ("43", SigningCode.objects.get().spent_at)
    mail = Message.objects.get(key__startswith="evaluation-receipt:").body
    assert "You answered with a code that we texted to the number ending in 43." in mail
    desk = library.school.client(library.school.coordinator)
    assert "ending in 43" in text_of(desk.get(reverse("externships:desk_evaluation", args=[link.uuid])))


def test_the_school_sees_the_unsent_code_of_an_evaluation(library: Clinic, phones: Gateway, settings: Any) -> None:
    change(library.supervisor, library.school.coordinator, phone=NUMBER, asks_code=True)
    link = ask(library)
    settings.SMS_URL = DEAD
    Client().post(evaluation_url(link), {"send_code": "yes"})
    deliver_due(now=timezone.now())
    desk = library.school.client(library.school.coordinator)
    assert "Code not yet texted" in text_of(desk.get(reverse("externships:desk_evaluations")))


# ---- the database ----------------------------------------------------------------------------------------------------

ATTACKS = {
    "open it again": "UPDATE externships_signingcode SET spent_at = NULL WHERE spent_at IS NOT NULL",
    "spend it later": "UPDATE externships_signingcode SET spent_at = '2026-11-20 15:05:00+00' WHERE spent_at IS NOT NULL",
    "take tries back": "UPDATE externships_signingcode SET tries = tries - 1",
    "prolong it": "UPDATE externships_signingcode SET expires_at = '2099-01-01 00:00:00+00'",
    "another code": "UPDATE externships_signingcode SET code_hash = 'x'",
    "another link": "UPDATE externships_signingcode SET link_id = NULL",
    "delete it": "DELETE FROM externships_signingcode",
    "delete who changed it": "DELETE FROM externships_secondfactorstep",
    "change who changed it": "UPDATE externships_secondfactorstep SET by_id = NULL",
    "say that it was signed without": "UPDATE externships_signoff SET second_factor = ''",
}


def run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("name", ATTACKS)
def test_the_database_refuses(link: SignOffLink, phones: Gateway, name: str) -> None:
    url = url_of(link)
    code = texted(url, phones)
    Client().post(url, answers(link, second_factor=other_than(code)))
    assert Client().post(url, answers(link, second_factor=code)).status_code == 302
    before = SigningCode.objects.values().get()
    with pytest.raises(DatabaseError, match="never"):
        run(ATTACKS[name])
    assert SigningCode.objects.values().get() == before


def copied_sign_off(link: SignOffLink, shift: Shift, **fields: str) -> str:
    """An INSERT of a signature for the second row, made of the first row's."""
    row = link.rows.get(shift=shift)
    columns = [column.column for column in SignOff._meta.concrete_fields if column.column != "id"]
    own = {
        "uuid": "'00000000000000000000000000000001'", "row_id": str(row.pk), "shift_id": str(shift.pk),
        "digest": f"'{row.digest}'", "version": str(row.version), **fields,
    }  # fmt: skip
    picked = ", ".join(own.get(column, column) for column in columns)
    return f"INSERT INTO externships_signoff ({', '.join(columns)}) SELECT {picked} FROM externships_signoff"


def test_no_signature_comes_into_the_database_without_its_code(link: SignOffLink, phones: Gateway) -> None:
    url, form = url_of(link), answers(link)
    second = link.rows.order_by("-shift__starts_at")[0].shift
    form[f"answer-{second.uuid}"] = ""
    assert Client().post(url, {**form, "second_factor": texted(url, phones)}).status_code == 302
    with pytest.raises(DatabaseError, match="never signs without"):
        run(copied_sign_off(link, second, second_factor="''"))
    for lie in (
        {"second_factor": "'44'"},
        {"decided_at": "'2026-11-20 15:00:01+00'"},
    ):
        with pytest.raises(DatabaseError, match="never noted without its code"):
            run(copied_sign_off(link, second, **lie))
    with pytest.raises(DatabaseError, match=r"signoff_second_factor_signs|CHECK|check"):
        run(copied_sign_off(link, second, decision="'return'", words="'Look.'", posted_minutes="0"))
    run(copied_sign_off(link, second))  # of the same sitting, with its code: what the application writes
    assert SignOff.objects.count() == 2


def test_no_code_is_made_used_and_none_signs_after_its_time(link: SignOffLink, phones: Gateway) -> None:
    texted(url_of(link), phones)
    with pytest.raises(DatabaseError, match=r"code_signs_while_it_works|CHECK|check"):
        run("UPDATE externships_signingcode SET spent_at = '2026-11-20 15:10:00+00'")
    with pytest.raises(DatabaseError, match=r"code_is_tried_five_times|CHECK|check"):
        run("UPDATE externships_signingcode SET tries = 6")
    run("UPDATE externships_signingcode SET tries = 5")
    with pytest.raises(DatabaseError, match=r"code_signs_while_it_works|CHECK|check"):
        run("UPDATE externships_signingcode SET spent_at = '2026-11-20 15:05:00+00'")
    SigningCode.objects.update(cancelled_at=timezone.now())
    code = SigningCode.objects.get()
    code.cancelled_at = None
    code.pk, code.tries, code.spent_at = None, 0, code.made_at
    with pytest.raises(DatabaseError, match="never made used"), transaction.atomic():
        code.uuid = code.__class__().uuid
        code.save(force_insert=True)


def test_no_answer_comes_into_the_database_without_its_code(library: Clinic, phones: Gateway) -> None:
    link = ask(library)
    change(library.supervisor, library.school.coordinator, phone=NUMBER, asks_code=True)
    answer = EvaluationAnswer(
        link=link,
        marks={},
        typed_name="P R",
        statement="x",
        licence="x",
        digest=link.digest,
        answered_at=timezone.now(),
    )
    with pytest.raises(DatabaseError, match="never answers without"), transaction.atomic():
        answer.save()
    answer.second_factor = "43"
    with pytest.raises(DatabaseError, match="never noted without its code"), transaction.atomic():
        answer.save()
