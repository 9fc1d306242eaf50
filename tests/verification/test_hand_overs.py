"""Transcripts that the school sends itself: asked and signed by the graduate, noted when they went, never lost sight of."""

import hashlib
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.models import Organisation
from certification.certificates.models import Certificate
from certification.certificates.services import revoke_certificate
from certification.records.services import close_school, erase_words
from certification.verification import handovers, services
from certification.verification.models import Consent, Delivery, Disclosure, HandOver, Sending
from certification.verification.selectors import hand_over_state, hand_overs_to_make
from notices.models import Message
from tests.worlds import School

pytestmark = pytest.mark.django_db
TO = "Florida Board of Massage Therapy, file 26-114"
STREET = "4052 Bald Cypress Way, Tallahassee"


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def ask(certificate: Certificate, **fields: Any) -> HandOver:
    given: dict[str, Any] = {
        "by": certificate.record.learner.user,
        "recipient": TO,
        "way": "post",
        "address": STREET,
        "purpose": "license",
        "until_on": certificate.today() + timedelta(days=60),
        "signed_name": certificate.holder_name,
    }
    return services.ask_hand_over(certificate=certificate, **{**given, **fields})


def filled(**fields: Any) -> dict[str, Any]:
    return {
        "recipient": TO, "way": "post", "address": STREET, "purpose": "license", "signed_name": "Daniela Reyes",
        "agree": "on", "key": str(uuid4()), **fields,
    }  # fmt: skip


# ---------------------------------------------------------------- the state, pure

DAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("delivered", "declined", "consent", "days", "state"),
    [
        (False, False, "open", 0, "waiting"), (False, False, "open", 19, "waiting"), (False, False, "open", 20, "due"),
        (False, False, "open", 30, "due"), (False, False, "open", 31, "late"), (False, False, "withdrawn", 31, "withdrawn"),
        (False, False, "ended", 5, "ended"), (False, True, "open", 40, "declined"), (True, False, "withdrawn", 40, "delivered"),
        (True, False, "ended", 400, "delivered"), (False, True, "withdrawn", 1, "declined"),
    ],
)  # fmt: skip
def test_how_it_stands(delivered: bool, declined: bool, consent: str, days: int, state: str) -> None:
    standing = handovers.Standing(handovers.due_on(DAY, date(2027, 3, 1)), consent, delivered, declined)
    assert handovers.state(standing, DAY + timedelta(days=days)) == state


def test_what_holds_no_more_waits_for_nobody_and_what_went_stays() -> None:
    due = handovers.due_on(DAY, date(2027, 3, 1))
    assert handovers.state(handovers.Standing(due, "open", False, False, holds=False), DAY) == "over"
    assert handovers.state(handovers.Standing(due, "open", True, False, holds=False), DAY) == "delivered"


def test_it_is_due_before_her_consent_ends() -> None:
    assert handovers.due_on(DAY, DAY + timedelta(days=7)) == DAY + timedelta(days=7)
    assert handovers.due_on(DAY, DAY + timedelta(days=70)) == DAY + timedelta(days=30)


# ---------------------------------------------------------------- through the faces


def test_from_her_wish_to_her_log(school: School, certificate: Certificate) -> None:
    hers = school.client(certificate.record.learner.user)
    at = f"/certificates/{certificate.code}/share/by-school/"
    until = certificate.today() + timedelta(days=60)
    page = text_of(hers.get(at))
    assert "Ask your school to send it" in page and "transcript with each course" in page
    given = filled(until_on=until.isoformat())
    for _click in range(2):
        assert hers.post(at, given).status_code == 302
    held = HandOver.objects.get()
    assert Consent.objects.get().statement.endswith(
        f"The school sends it itself. By post: {STREET}. I can withdraw this at any time before it went."
    )
    told = Message.objects.filter(key__contains=":asked:")
    assert {one.to for one in told} >= {school.registrar.email} and TO in told[0].body
    sharing = text_of(hers.get(f"/certificates/{certificate.code}/share/"))
    assert "Waits for the school" in sharing and "Your school sends the sealed transcript itself" in sharing
    assert "Link to copy" not in sharing, "the link is the school's to send"

    desk = school.client(school.registrar)
    waiting = text_of(desk.get("/desk/hand-overs/"))
    assert "Daniela Reyes" in waiting and TO in waiting and "30 days left" in waiting
    one = f"/desk/hand-overs/{held.uuid}/"
    assert STREET in text_of(desk.get(one))
    sealed = desk.get(f"/certificates/{certificate.code}.pdf".replace("certificates", "transcripts"))
    press = {"step": "went", "way": "post", "sent_on": "", "reference": "RR123456789US", "key": "k"}
    for _click in range(2):
        assert desk.post(one, press).status_code == 302
    went = Delivery.objects.get()
    assert went.sha256 == hashlib.sha256(sealed.content).hexdigest(), "the very bytes that the school took"
    assert "RR123456789US" in text_of(desk.get(one)) and "RR123456789US" in text_of(desk.get("/desk/hand-overs/"))
    assert not hand_overs_to_make([certificate.school])
    mailed = Message.objects.get(key__contains=":done:")
    assert mailed.to == "daniela@example.org" and "By post" in mailed.body and "RR123456789US" in mailed.body
    looks = text_of(hers.get(f"/certificates/{certificate.code}/share/looks/"))
    assert f"{TO} license" in looks and "the transcript (PDF)" in looks and "Handed over by the school" in looks
    assert Disclosure.objects.count() == 1


def test_by_e_mail_her_link_goes_where_she_said(school: School, certificate: Certificate) -> None:
    held = ask(certificate, way="mail", address="office@board.example")
    desk = school.client(school.registrar)
    assert desk.post(f"/desk/hand-overs/{held.uuid}/", {"step": "went", "way": "mail", "key": "k"}).status_code == 302
    assert Sending.objects.get().address == "office@board.example"
    mail = Message.objects.get(key__startswith="sending:")
    assert mail.to == "office@board.example"
    link = re.search(rf"/verify/{certificate.code}\?t=\S+", mail.body)
    opened = text_of(Client().get(link.group())) if link else ""
    assert "Daniela Reyes" in opened
    assert mail.subject == f"Transcript of Daniela Reyes, {certificate.school_name}"
    assert f"Who keeps the records of {certificate.school_name} sends this to {TO}, not the graduate" in mail.body
    assert "“The transcript as PDF”" in mail.body and "The transcript as PDF" in opened


def test_what_proves_it_later_is_asked_for(school: School, certificate: Certificate) -> None:
    held = ask(certificate)
    page = school.client(school.registrar).post(
        f"/desk/hand-overs/{held.uuid}/", {"step": "went", "way": "hand", "key": "k"}
    )
    assert page.status_code == 422 and "Write its number there, or who took it" in text_of(page)
    assert not Delivery.objects.exists()


def test_a_reason_instead(school: School, certificate: Certificate) -> None:
    held = ask(certificate)
    desk = school.client(school.registrar)
    at = f"/desk/hand-overs/{held.uuid}/"
    bare = desk.post(at, {"step": "declined", "words": " "})
    assert bare.status_code == 422 and "Say why, and what she can do" in text_of(bare)
    for _click in range(2):
        assert desk.post(at, {"step": "declined", "words": "Tuition is open. Call us."}).status_code == 302
    assert "Tuition is open" in Message.objects.get(key__contains=":declined").body
    hers = school.client(certificate.record.learner.user)
    assert "Tuition is open" in text_of(hers.get(f"/certificates/{certificate.code}/share/"))
    late = desk.post(at, {"step": "went", "way": "post", "key": "k"})
    assert late.status_code == 422 and "was declined" in text_of(late)
    assert not Delivery.objects.exists() and not Disclosure.objects.exists()


def test_what_went_is_not_declined_and_goes_once_more(school: School, certificate: Certificate) -> None:
    held = ask(certificate)
    for key in ("1", "2"):
        services.hand_over(hand_over=held, by=school.registrar, way="hand", key=key, reference="Ms. Ito")
    with pytest.raises(ValidationError, match="went already"):
        services.decline_hand_over(hand_over=held, by=school.registrar, words="No.")
    assert Delivery.objects.count() == 2 and Disclosure.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"recipient": " "}, "Name who gets the transcript"),
        ({"way": "pigeon"}, "Choose how it goes there"),
        ({"address": ""}, "Write where it goes"),
        ({"way": "mail", "address": "the board"}, "Write the e-mail address"),
        ({"purpose": ""}, "what they need it for"),
        ({"signed_name": "Somebody Else"}, "Sign with your own name"),
        ({"agree": ""}, "Without your consent"),
        ({"until_on": "2020-01-01"}, "That day is over"),
    ],
)
def test_a_form_that_is_refused_keeps_what_was_typed(
    school: School, certificate: Certificate, change: dict[str, str], said: str
) -> None:
    hers = school.client(certificate.record.learner.user)
    given = filled(**{"until_on": (certificate.today() + timedelta(days=9)).isoformat(), **change})
    page = hers.post(f"/certificates/{certificate.code}/share/by-school/", given)
    assert page.status_code == 422 and said in text_of(page)
    assert change.get("address", STREET) in page.content.decode()
    assert not HandOver.objects.exists() and not Consent.objects.exists(), "nothing by half"


def test_without_her_nothing_goes(school: School, certificate: Certificate) -> None:
    with pytest.raises(ValidationError, match="Only the graduate"):
        ask(certificate, by=school.registrar)
    held = ask(certificate)
    with pytest.raises(ValidationError, match="keeps or signs"):
        services.hand_over(hand_over=held, by=certificate.record.learner.user, way="post", key="1")  # type: ignore[arg-type]
    day = certificate.today()
    for wrong in (day - timedelta(days=1), day + timedelta(days=1)):
        with pytest.raises(ValidationError, match="from when she asked until today"):
            services.hand_over(hand_over=held, by=school.registrar, way="post", key="1", sent_on=wrong)
    services.withdraw_consent(consent=held.consent, by=held.consent.granted_by)
    with pytest.raises(ValidationError, match="ended or was withdrawn"):
        services.hand_over(hand_over=held, by=school.registrar, way="mail", key="1")
    with pytest.raises(ValidationError, match="nothing left to decline"):
        services.decline_hand_over(hand_over=held, by=school.registrar, words="No.")
    assert hand_over_state(HandOver.objects.get()) == "withdrawn" and not hand_overs_to_make([certificate.school])


def test_a_certificate_that_holds_no_more_is_not_asked_for(school: School, certificate: Certificate) -> None:
    revoke_certificate(certificate=certificate, by=school.registrar, reason="order", on=certificate.today())
    with pytest.raises(ValidationError, match="holds no more"):
        ask(Certificate.objects.get())


def test_the_clock_of_thirty_days(school: School, certificate: Certificate) -> None:
    held = ask(certificate)
    asked = datetime.now(UTC)

    def reminded(days: int) -> int:
        then = asked + timedelta(days=days)
        with time_machine.travel(then, tick=False):
            return services.remind_of_hand_overs(now=then)

    held.consent.refresh_from_db()
    assert reminded(19) == 0
    assert [reminded(20), reminded(21), reminded(30)] == [1, 0, 0], "once"
    assert [reminded(31), reminded(32)] == [1, 0]
    due = Message.objects.filter(key__startswith="handover:", to=school.registrar.email).exclude(
        key__contains=":asked:"
    )
    said = due.values_list("subject", flat=True)
    assert sorted(one.split(":")[0] for one in said) == ["Due soon", "Late"]


def test_what_went_is_reminded_of_no_more(school: School, certificate: Certificate) -> None:
    held = ask(certificate)
    services.hand_over(hand_over=held, by=school.registrar, way="portal", key="1", reference="FL 1")
    assert services.remind_of_hand_overs(now=datetime.now(UTC) + timedelta(days=40)) == 0


def test_lists_ask_one_query(school: School, certificate: Certificate, django_assert_num_queries: Any) -> None:
    for number in range(3):
        ask(certificate, source_key=str(number))
    with django_assert_num_queries(1):
        assert [one.certificate.holder_name for one in hand_overs_to_make([certificate.school])] == [
            "Daniela Reyes"
        ] * 3


# ---------------------------------------------------------------- the database itself


def refused(sql: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
            assert cursor.rowcount, "the attack met no row"
            transaction.set_rollback(True)
    except DatabaseError:
        return True
    return False


def test_the_database_holds_it(school: School, certificate: Certificate) -> None:
    held = ask(certificate)
    for change in ("way = 'mail'", "address = 'x'", "due_on = '2030-01-01'", "consent_id = 0"):
        assert refused(f"UPDATE verification_handover SET {change}"), change
    services.hand_over(hand_over=held, by=school.registrar, way="post", key="1", reference="RR 1")
    now = "'2026-06-01 00:00:00+00'"
    declined = f"declined_at = {now}, declined_by_id = {school.registrar.pk}, declined_words = 'x'"
    assert refused(f"UPDATE verification_handover SET {declined}")
    for change in ("way = 'mail'", "sha256 = 'x'", "sent_on = '2030-01-01'", "reference = ''"):
        assert refused(f"UPDATE verification_delivery SET {change}"), change
    columns = "hand_over_id, way, sent_on, reference, sha256, by_id, at"
    once_more = (
        f"INSERT INTO verification_delivery (uuid, {columns}) "
        f"SELECT '{uuid4().hex}', {columns} FROM verification_delivery"
    )
    assert not refused(once_more)
    by_mail = once_more.replace("', hand_over_id, way,", "', hand_over_id, 'mail',", 1)
    assert "'mail'" in by_mail and not refused(by_mail)
    services.withdraw_consent(consent=held.consent, by=held.consent.granted_by)
    assert refused(by_mail), "nothing goes by us without an open consent"
    assert refused(once_more.replace(", sent_on,", ", '2999-01-01',", 2).replace(", '2999-01-01',", ", sent_on,", 1))


def test_words_go_only_on_a_ground_whole_and_alone(school: School, certificate: Certificate) -> None:
    held = ask(certificate)
    services.hand_over(hand_over=held, by=school.registrar, way="post", key="1", reference="RR 1")
    other = ask(certificate, source_key="other")
    services.decline_hand_over(hand_over=other, by=school.registrar, words="No.")
    assert services.hand_over_words_behind(record=certificate.record) == 3
    at = "erased_at = '2040-01-01 00:00:00+00'"
    asked = f"UPDATE verification_handover SET address = '', declined_words = '', {at}"
    went = f"UPDATE verification_delivery SET reference = '', {at}"
    assert refused(asked) and refused(went)
    erase_words(record=certificate.record, basis="asked")
    assert not refused(asked) and not refused(went)
    assert refused(f"{asked}, way = 'mail'") and refused(f"{went}, sha256 = 'x'")
    assert refused(asked.replace("address = ''", "address = 'x'"))
    assert services.erase_hand_over_words(record=certificate.record) == 3
    assert services.hand_over_words_behind(record=certificate.record) == 0
    assert [(one.address, one.declined_words) for one in HandOver.objects.all()] == [("", "")] * 2
    services.erase_consent_words(record=certificate.record)
    page = text_of(school.client(school.registrar).get(f"/desk/hand-overs/{held.uuid}/"))
    assert STREET not in page and "It went" in page


# ---------------------------------------------------------------- what comes between


def test_what_went_while_she_consented_is_noted_after_it(school: School, certificate: Certificate) -> None:
    asked = datetime.now(UTC)
    held = ask(certificate, until_on=certificate.today() + timedelta(days=3))
    sent_on = certificate.today() + timedelta(days=2)
    with time_machine.travel(asked + timedelta(days=6), tick=False):
        page = text_of(school.client(school.registrar).get(f"/desk/hand-overs/{held.uuid}/"))
        assert "If it went before" in page and "Sealed transcript, PDF" not in page
        with pytest.raises(ValidationError, match="note the day"):
            services.hand_over(hand_over=held, by=school.registrar, way="post", key="1")
        services.hand_over(hand_over=held, by=school.registrar, way="post", key="1", sent_on=sent_on, reference="RR 1")
        assert hand_over_state(HandOver.objects.get()) == "delivered"


def test_what_was_withdrawn_meanwhile_may_have_gone_before(school: School, certificate: Certificate) -> None:
    asked = datetime.now(UTC)
    held = ask(certificate)
    day = certificate.today()
    with time_machine.travel(asked + timedelta(days=4), tick=False):
        services.withdraw_consent(consent=held.consent, by=held.consent.granted_by)
    with time_machine.travel(asked + timedelta(days=8), tick=False):
        for late in (5, 8):
            with pytest.raises(ValidationError, match="note the day"):
                services.hand_over(
                    hand_over=held, by=school.registrar, way="post", key="1", sent_on=day + timedelta(days=late)
                )
        services.hand_over(
            hand_over=held, by=school.registrar, way="post", key="1", sent_on=day + timedelta(days=3), reference="RR 1"
        )
    assert Disclosure.objects.count() == 1


def test_a_revoked_one_goes_no_more(school: School, certificate: Certificate) -> None:
    held = ask(certificate)
    revoke_certificate(certificate=certificate, by=school.registrar, reason="order", on=certificate.today())
    desk = school.client(school.registrar)
    for way in ("post", "mail"):
        page = desk.post(f"/desk/hand-overs/{held.uuid}/", {"step": "went", "way": way, "key": way})
        assert page.status_code == 422 and "was revoked or replaced" in text_of(page)
    assert not Delivery.objects.exists() and not hand_overs_to_make([certificate.school])
    assert services.remind_of_hand_overs(now=datetime.now(UTC) + timedelta(days=40)) == 0


def test_without_an_e_mail_address_another_way_is_asked_for(school: School, certificate: Certificate) -> None:
    held = ask(certificate)
    desk = school.client(school.registrar)
    press = {"step": "went", "way": "mail", "key": "k", "reference": "typed"}
    page = desk.post(f"/desk/hand-overs/{held.uuid}/", press)
    assert page.status_code == 422 and "She gave no e-mail address" in text_of(page)
    assert 'value="typed"' in page.content.decode()


def test_she_hears_that_hers_ended_without_having_gone(school: School, certificate: Certificate) -> None:
    held = ask(certificate, until_on=certificate.today() + timedelta(days=5))
    assert held.due_on == certificate.today() + timedelta(days=5)
    now = datetime.now(UTC)
    told = [services.remind_of_hand_overs(now=now + timedelta(days=days)) for days in (0, 1, 7, 8, 40)]
    assert told == [1, 0, 1, 0, 0], "the school at once, she when it was over"
    mail = Message.objects.get(key=f"handover:{held.uuid}:ended")
    assert mail.to == "daniela@example.org" and "noted no sending" in mail.body


def test_custody_does_not_send_it_past_its_page(school: School, certificate: Certificate) -> None:
    held = ask(certificate, recipient="office@board.example")
    page = school.client(school.registrar).get(f"/desk/custody/{certificate.code}/")
    assert "office@board.example" not in text_of(page)
    with pytest.raises(ValidationError, match="on its own page"):
        services.send_to_named(consent=held.consent, by=school.registrar, key="1")


def test_a_hidden_code_is_said_where_it_matters(school: School, certificate: Certificate) -> None:
    held = ask(certificate)
    hers = school.client(certificate.record.learner.user)
    at = f"/certificates/{certificate.code}/share/by-school/"
    assert "You hide your code" not in text_of(hers.get(at))
    services.set_hidden(certificate=certificate, by=held.consent.granted_by, hidden=True)
    assert "You hide your code" in text_of(hers.get(at))
    assert "She hides her code" in text_of(school.client(school.registrar).get(f"/desk/hand-overs/{held.uuid}/"))


def test_retention_takes_nothing_that_still_waits(school: School, certificate: Certificate) -> None:
    ask(certificate)
    record = certificate.record
    erase_words(record=record, basis="retention")
    for words in (services.hand_over_words_behind, services.consent_words_behind):
        assert words(record=record, open_too=False) == 0 < words(record=record)
    services.erase_hand_over_words(record=record, open_too=False)
    services.erase_consent_words(record=record, open_too=False)
    held = HandOver.objects.get()
    assert (held.address, held.consent.recipient) == (STREET, TO)


def test_at_a_school_without_a_keeper_who_can_name_one_hears_of_it(school: School, certificate: Certificate) -> None:
    Organisation.objects.filter(pk=certificate.school_id).update(closed_on=certificate.today() - timedelta(days=1))
    certificate.school.refresh_from_db()
    close_school(school=certificate.school, now=datetime.now(UTC))
    ask(certificate)
    told = Message.objects.filter(key__contains=":asked:")
    assert {one.to for one in told} == {school.admin.email}
    assert "/desk/custodians/" in told[0].body
