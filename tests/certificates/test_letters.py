"""A wish for a letter of hours is declined: with words that the learner reads, once, and she may ask again."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from certification.certificates import services
from certification.certificates.models import LetterDecline, LetterRequest
from certification.certificates.selectors import letters_asked_for, open_request, wishes_of
from certification.records.models import TrainingRecord
from certification.records.services import erase_words, post_hours
from notices.models import Message
from tests.certificates.test_kinds import made
from tests.certificates.test_pages import text_of
from tests.layers import layer
from tests.records.making import part
from tests.worlds import School

pytestmark = pytest.mark.django_db
WORDS = "Two shifts are being put right. Ask again on Monday."


@layer
def wish(school: School, record: TrainingRecord) -> LetterRequest:
    """Daniela asked for a letter."""
    return services.ask_for_letter(record=record, by=school.learner_user)


def address(record: TrainingRecord) -> str:
    return reverse("certificates:decline_letter", args=[record.uuid])


def attack(sql: str, *values: Any, says: str) -> None:
    with pytest.raises(IntegrityError, match=says), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_a_registrar_declines_and_the_learner_reads_why_and_asks_again(school: School, wish: LetterRequest) -> None:
    desk, learner, record = school.client(school.registrar), school.client(school.learner_user), wish.record
    page = f"/desk/certificates/{record.uuid}/?kind=letter"
    assert "Decline the letter" in text_of(desk.get(page))
    done = desk.post(address(record), {"kind": "letter", "words": WORDS}, follow=True)
    said = text_of(done)
    assert done.redirect_chain == [(page, 302)] and "may ask again" in said
    assert "Declined before" in said and WORDS in said and school.registrar.get_full_name() in said
    assert letters_asked_for([school.school]) == []
    assert "Letters asked for" not in text_of(desk.get("/desk/certificates/"))
    mail = Message.objects.get(key=f"letter:{wish.uuid}:declined")
    assert mail.to == school.learner_user.email and WORDS in mail.body
    own = text_of(learner.get("/certificates/"))
    assert "The letter was declined" in own and WORDS in own and "Ask for a letter of hours" in own
    learner.post(reverse("certificates:ask_for_letter", args=[record.uuid]))
    own = text_of(learner.get("/certificates/"))
    assert "The letter was declined" not in own and "You asked for a letter" in own
    assert LetterDecline.objects.get().request == wish
    assert LetterRequest.objects.count() == 2
    made(school, record, "letter")
    assert "The letter was declined" not in text_of(learner.get("/certificates/")), "the letter is there"


def test_what_is_wrong_declines_nothing_and_keeps_what_was_typed(school: School, wish: LetterRequest) -> None:
    desk, record = school.client(school.registrar), wish.record
    for words, said in ((" ", "Write why"), ("x" * 1001, "at most 1,000 signs")):
        page = desk.post(address(record), {"kind": "letter", "words": words})
        assert page.status_code == 422 and said in text_of(page)
        assert words.strip() in page.content.decode()
    assert not LetterDecline.objects.exists() and not Message.objects.filter(key__startswith="letter:").exists()
    assert open_request(record) == wish


def test_it_is_declined_once_whoever_asks_again(school: School, wish: LetterRequest) -> None:
    first = services.decline_letter(request=wish, words=WORDS, by=school.registrar)
    again = services.decline_letter(request=wish, words="Other words.", by=school.second_registrar)
    assert again == first and again.words == WORDS
    late = school.client(school.registrar).post(address(wish.record), {"words": WORDS}, follow=True)
    assert "No letter is asked for" in text_of(late)
    assert Message.objects.filter(key__startswith="letter:").count() == 1


def test_who_declines_and_what(school: School, wish: LetterRequest) -> None:
    for person in (school.instructor, school.coordinator, school.foreign_registrar, school.learner_user):
        with pytest.raises(ValidationError):
            services.decline_letter(request=wish, words=WORDS, by=person)
        assert school.client(person).post(address(wish.record), {"words": WORDS}).status_code in (403, 404)
    proposal = services.propose_certificate(record=wish.record, by=school.registrar, kind="letter")
    prepared = school.client(school.second_registrar).post(address(wish.record), {"words": WORDS})
    assert prepared.status_code == 422 and "Withdraw it first" in text_of(prepared)
    services.issue_certificate(proposal=proposal, by=school.second_registrar)
    with pytest.raises(ValidationError, match="issued meanwhile"):
        services.decline_letter(request=wish, words=WORDS, by=school.registrar)
    insert = "INSERT INTO certificates_letterdecline (request_id, words, by_id, at) VALUES (%s, %s, %s, %s)"
    now = "2026-01-01 00:00:00+00:00"
    attack(insert, wish.pk, WORDS, school.registrar.pk, now, says="that a letter answered is not declined")
    assert not LetterDecline.objects.exists()


def test_the_database_keeps_it(school: School, wish: LetterRequest) -> None:
    insert = "INSERT INTO certificates_letterdecline (request_id, words, by_id, at) VALUES (%s, %s, %s, %s)"
    now = "2026-01-01 00:00:00+00:00"
    attack(insert, wish.pk, WORDS, school.learner_user.pk, now, says="nobody declines her own wish")
    attack(insert, wish.pk, "", school.registrar.pk, now, says="letter_decline_says_why")
    services.decline_letter(request=wish, words=WORDS, by=school.registrar)
    attack("UPDATE certificates_letterdecline SET words = 'kinder'", says="never changed")
    attack("DELETE FROM certificates_letterdecline", says="never deleted")
    bare = "UPDATE certificates_letterdecline SET words = '', erased_at = %s"
    attack(bare, "2034-01-01 00:00:00+00:00", says="never erased without a ground")
    assert services.words_behind_certificates(record=wish.record) == 1
    erase_words(record=wish.record, basis="asked")
    attack(bare + ", by_id = by_id + 1", "2034-01-01 00:00:00+00:00", says="never changes in anything else")
    attack(bare.replace("''", "'x'"), "2034-01-01 00:00:00+00:00", says="never changes in anything else")
    assert services.erase_certificate_words(record=wish.record) == 1
    assert services.erase_certificate_words(record=wish.record) == 0
    assert LetterDecline.objects.get().words == ""
    page = f"/desk/certificates/{wish.record.uuid}/?kind=letter"
    assert "Its words were erased." in text_of(school.client(school.registrar).get(page))


def test_wishes_are_read_with_so_many_queries(school: School, wish: LetterRequest) -> None:
    services.decline_letter(request=wish, words=WORDS, by=school.registrar)
    with CaptureQueriesContext(connection) as seen:
        found = wishes_of([wish.record])[wish.record_id]
        assert found["declined"].words == WORDS and found["declined"].request.asked_at == wish.asked_at
    assert found["asked_at"] is None and len(seen) == 3


@pytest.mark.parametrize("name", ["propose", "issue", "withdraw", "revoke", "confirm", "decline_letter"])
def test_a_button_whose_address_is_opened_leads_to_the_page(school: School, record: TrainingRecord, name: str) -> None:
    """As after logging in again in between: nothing is done, and the page with the button stands there."""
    client, page = school.client(school.registrar), f"/desk/certificates/{record.uuid}/"
    opened = client.get(reverse(f"certificates:{name}", args=[record.uuid]) + "?kind=letter")
    assert (opened.status_code, opened["Location"]) == (302, page + "?kind=letter")
    assert client.get(opened["Location"]).status_code == 200
    assert client.put(reverse(f"certificates:{name}", args=[record.uuid])).status_code == 405


def test_who_signs_a_letter_reads_the_hours_that_it_says(school: School, wish: LetterRequest) -> None:
    record = wish.record
    post_hours(record=record, source_key="class:1", parts=[part(95, "2026-03-02 14:00", "2026-03-02 15:35")])
    page = f"/desk/certificates/{record.uuid}/"
    for who in (school.registrar, school.second_registrar):
        said = text_of(school.client(who).get(f"{page}?kind=letter"))
        assert "Hours that it would say today" in said and "1 h 35 min" in said
    assert "Hours that it would say today" not in text_of(school.client(school.registrar).get(page))
