"""Claims: a learner contests a line or misses hours; the school answers once, in the term that she was told."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import User
from accounts.services import grant_role
from certification.records.models import Claim, Correction, HourEntry, TrainingRecord
from certification.records.services import (
    approve_correction,
    make_claim,
    post_hours,
    propose_correction,
    refuse_claim,
    refuse_correction,
    remind_of_claims,
    reverse_entry,
    withdraw_claim,
)
from cms.jobs import JOBS, run_due
from notices.models import Message
from tests.records.making import at, paper, part, without_times
from tests.worlds import School

pytestmark = pytest.mark.django_db
NOW = at("2026-03-20 12:00")
HALF = part(30, "2026-03-02 14:00", "2026-03-02 14:30")


@pytest.fixture(autouse=True)
def _in_march() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def entry(record: TrainingRecord) -> HourEntry:
    return post_hours(record=record, source_key="class:1", parts=[part()]).entries[0]


@pytest.fixture
def claim(entry: HourEntry, school: School) -> Claim:
    return say(entry, school.learner_user)


def say(entry: HourEntry | None, by: User, **fields: Any) -> Claim:
    values: dict[str, Any] = {
        "uuid": uuid4(),
        "record": fields.pop("record", None) or (entry and entry.record),
        "entry": entry,
        "day": date(2026, 3, 2),
        "minutes": 75,
        "words": "We went on until a quarter past three.",
        "by": by,
    }
    return make_claim(**{**values, **fields})


def answer_by_correction(claim: Claim, school: School) -> Correction:
    return propose_correction(
        uuid=uuid4(),
        record=claim.record,
        entry=claim.entry,
        parts=[part(75, "2026-03-02 14:00", "2026-03-02 15:15")] if claim.entry else [without_times(45)],
        reason="minutes",
        words="She is right: see the sheet.",
        by=school.registrar,
        claim=claim,
    )


def mails(claim: Claim, event: str) -> list[Message]:
    return list(Message.objects.filter(key__startswith=f"claim:{claim.uuid}:{event}"))


def test_a_line_is_contested_and_corrected(record: TrainingRecord, claim: Claim, school: School) -> None:
    assert (claim.kind, claim.due_on, claim.is_open) == ("wrong", date(2026, 4, 4), True)
    (received,) = mails(claim, "received")
    assert received.subject == "We have your claim: you get an answer by 4 April 2026"
    assert "We went on until a quarter past three." in received.body
    correction = answer_by_correction(claim, school)
    claim.refresh_from_db()
    assert claim.is_open, "a proposal is no answer yet"
    approve_correction(correction=correction, by=school.admin, words="Sorry for that.")
    claim.refresh_from_db()
    assert (claim.answer, claim.answered_by, claim.answer_words) == ("corrected", school.admin, "Sorry for that.")
    (answered,) = mails(claim, "answered")
    assert answered.to == school.learner_user.email
    assert "1 h became 1 h 15 min. The old line stays visible.\nSorry for that." in answered.body
    assert not Message.objects.filter(key__startswith="correction:").exists(), "one mail for one event"


def test_missing_hours_are_added(record: TrainingRecord, school: School) -> None:
    claim = say(None, school.learner_user, record=record, attachment=paper())
    assert (claim.kind, claim.attachment_name, claim.attachment_type) == ("missing", "sheet.pdf", "application/pdf")
    approve_correction(correction=answer_by_correction(claim, school), by=school.admin)
    (answered,) = mails(claim, "answered")
    assert "1 h 15 min missing on 2 March 2026" in answered.body
    assert "45 min were added to your record" in answered.body


def test_a_reasoned_refusal(claim: Claim, school: School) -> None:
    with pytest.raises(ValidationError, match="Write why nothing is corrected"):
        refuse_claim(claim=claim, by=school.registrar, words=" ")
    for _ in range(2):
        refuse_claim(claim=claim, by=school.registrar, words="The sheet shows that you left at three.")
    (answered,) = mails(claim, "answered")
    assert "for these reasons:\nThe sheet shows that you left at three." in answered.body
    assert answered.subject == "An answer about your hours"
    with pytest.raises(ValidationError, match="answered before: Not corrected"):
        withdraw_claim(claim=claim, by=school.learner_user)
    with pytest.raises(ValidationError, match="answered meanwhile"):
        answer_by_correction(claim, school)


def test_a_claim_is_not_refused_while_its_correction_waits(claim: Claim, school: School) -> None:
    correction = answer_by_correction(claim, school)
    with pytest.raises(ValidationError, match="waits for approval"):
        refuse_claim(claim=claim, by=school.registrar, words="No.")
    refuse_correction(correction=correction, by=school.admin, words="Not so.")
    claim.refresh_from_db()
    assert claim.is_open, "a refused correction is no answer to her"
    assert refuse_claim(claim=claim, by=school.registrar, words="No.").answer == "refused"


def test_she_withdraws_and_a_correction_goes_on(claim: Claim, school: School) -> None:
    correction = answer_by_correction(claim, school)
    with pytest.raises(ValidationError, match="Only who made a claim"):
        withdraw_claim(claim=claim, by=school.registrar)
    for _ in range(2):
        assert withdraw_claim(claim=claim, by=school.learner_user).answer == "withdrawn"
    approve_correction(correction=correction, by=school.admin)
    claim.refresh_from_db()
    assert claim.answer == "withdrawn"
    assert Message.objects.filter(key=f"correction:{correction.uuid}:approved").exists()


def test_the_same_form_twice_is_one_claim_and_a_line_has_one_open(entry: HourEntry, school: School) -> None:
    key = uuid4()
    first, again = (say(entry, school.learner_user, uuid=key) for _ in range(2))
    assert first.pk == again.pk
    with pytest.raises(ValidationError, match="said so already"):
        say(entry, school.learner_user)
    withdraw_claim(claim=first, by=school.learner_user)
    say(entry, school.learner_user)
    assert Claim.objects.count() == 2


@pytest.mark.parametrize("who", ["other_learner_user", "instructor", "registrar", "foreign_registrar"])
def test_only_the_learner_claims(entry: HourEntry, school: School, who: str) -> None:
    with pytest.raises(ValidationError, match="Only the learner herself"):
        say(entry, getattr(school, who))


@pytest.mark.parametrize("who", ["instructor", "coordinator", "foreign_registrar", "learner_user"])
def test_who_does_not_answer(claim: Claim, school: School, who: str) -> None:
    with pytest.raises(ValidationError, match=r"Only a registrar|your own hours"):
        refuse_claim(claim=claim, by=getattr(school, who), words="No.")


def test_a_registrar_does_not_answer_herself(claim: Claim, school: School) -> None:
    grant_role(user=school.learner_user, organisation=school.school, role="registrar")
    with pytest.raises(ValidationError, match="your own hours"):
        refuse_claim(claim=claim, by=User.objects.get(pk=school.learner_user.pk), words="No.")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"words": "  "}, "Write what is wrong"),
        ({"day": date(2026, 3, 21)}, "has not come yet"),
        ({"minutes": 0}, "from 1 to 1440"),
        ({"minutes": 1441}, "from 1 to 1440"),
        ({"attachment": paper("a.exe", b"MZ")}, "Attach a PDF or a picture"),
    ],
)
def test_what_is_refused_leaves_nothing(entry: HourEntry, school: School, fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        say(entry, school.learner_user, **fields)
    assert (Claim.objects.count(), Message.objects.count()) == (0, 0)


def test_missing_hours_need_their_minutes(record: TrainingRecord, school: School) -> None:
    with pytest.raises(ValidationError, match="how many minutes are missing"):
        say(None, school.learner_user, record=record, minutes=None)


def test_a_line_that_is_gone_is_not_contested(entry: HourEntry, school: School) -> None:
    back = reverse_entry(entry=entry, source_key="fix:1", reason="clerical", recorded_by=school.registrar)
    for line, said in ((entry, "taken back already"), (back, "Choose a line of your record")):
        with pytest.raises(ValidationError, match=said):
            say(line, school.learner_user)


def test_registrars_are_reminded_once_three_days_before(claim: Claim, school: School) -> None:
    """Due on 4 April; at Riverbend the 1st begins at 4:00 UTC."""
    with time_machine.travel(at("2026-04-01 03:59"), tick=False):
        assert remind_of_claims() == 0
    with time_machine.travel(at("2026-04-01 04:00"), tick=False):
        assert (remind_of_claims(), remind_of_claims()) == (1, 0)
    told = mails(claim, "due")
    assert {mail.to for mail in told} == {school.registrar.email, school.second_registrar.email}
    assert "Daniela Reyes waits for an answer, due by 4 April 2026" in told[0].body
    assert f"/desk/claims/{claim.uuid}/" in told[0].body


def test_what_was_answered_is_not_reminded_of(claim: Claim, school: School) -> None:
    withdraw_claim(claim=claim, by=school.learner_user)
    with time_machine.travel(at("2026-04-03 12:00"), tick=False):
        assert remind_of_claims() == 0


def test_tick_reminds(claim: Claim) -> None:
    with time_machine.travel(at("2026-04-03 12:00"), tick=False):
        assert run_due(force=True)["claims due soon"] == "1 done"
    assert "claims due soon" in [name for name, _job, _rest in JOBS]


# ---------------------------------------------------------------- the table itself


def run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


ANSWER = "UPDATE records_claim SET answer = '{answer}', answered_by_id = {by}, answered_at = made_at"
ATTACKS = {
    "change her words": ("UPDATE records_claim SET words = 'x'", "never changed"),
    "move the term": ("UPDATE records_claim SET due_on = '2027-01-01'", "never changed"),
    "change her minutes": ("UPDATE records_claim SET minutes = 1", "never changed"),
    "swap the paper": ("UPDATE records_claim SET attachment = 'x'", "never changed"),
    "delete": ("DELETE FROM records_claim", "never deleted"),
    "call it corrected": (ANSWER.format(answer="corrected", by="{registrar}"), "without an approved correction"),
    "refuse without words": (ANSWER.format(answer="refused", by="{registrar}"), "claim_refused_with_words|CHECK"),
    "withdraw for her": (ANSWER.format(answer="withdrawn", by="{registrar}"), "claim_withdrawn_by_who_made_it|CHECK"),
    "answer oneself": (
        ANSWER.format(answer="refused", by="{learner}") + ", answer_words = 'x'",
        "claim_not_answered_by_who_made_it|CHECK",
    ),
    "an answer of no list": (ANSWER.format(answer="maybe", by="{registrar}"), "claim_answered_by_somebody|CHECK"),
    "answered by nobody": (
        "UPDATE records_claim SET answer = 'refused', answer_words = 'x'",
        "claim_answered_by_somebody|CHECK",
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_the_database_refuses(claim: Claim, school: School, name: str) -> None:
    sql, said = ATTACKS[name]
    with pytest.raises((DatabaseError, IntegrityError), match=said):
        run(sql.format(registrar=school.registrar.pk, learner=school.learner_user.pk))
    before = Claim.objects.get()
    assert (before.answer, before.words, before.minutes) == ("", claim.words, 75)


def test_an_answer_is_never_answered_again(claim: Claim, school: School) -> None:
    refuse_claim(claim=claim, by=school.registrar, words="No.")
    with pytest.raises(DatabaseError, match="never answered again"):
        run("UPDATE records_claim SET answer_words = 'Yes.'")


def test_what_cannot_be_inserted(claim: Claim, school: School) -> None:
    def copy(**changed: str) -> str:
        hexed = UUID(int=9).hex if connection.vendor == "sqlite" else str(UUID(int=9))
        values = {"uuid": f"'{hexed}'", **changed}
        columns = [field.column for field in Claim._meta.concrete_fields if field.column != "id"]
        names = ", ".join(f'"{column}"' for column in columns)
        picked = ", ".join(values.get(column, f'"{column}"') for column in columns)
        return f"INSERT INTO records_claim ({names}) SELECT {picked} FROM records_claim"

    missing = {"entry_id": "NULL", "kind": "'missing'"}
    for changed, said in (
        ({}, "one open claim|one_open_claim"),
        ({"entry_id": "NULL"}, "claim_names_a_line|CHECK"),
        ({**missing, "minutes": "NULL"}, "claim_names_a_line|CHECK"),
        ({**missing, "words": "''"}, "claim_says_why|CHECK"),
        ({**missing, "made_by_id": str(school.registrar.pk)}, "anybody but the learner"),
        ({**missing, "answer": "'refused'"}, "begins unanswered"),
    ):
        with pytest.raises(DatabaseError, match=said):
            run(copy(**changed))
    run(copy(**missing))
    assert Claim.objects.count() == 2


def test_rows_are_not_replaced(claim: Claim) -> None:
    if connection.vendor == "sqlite":
        with pytest.raises(DatabaseError, match=r"never|one open"):
            run("INSERT OR REPLACE INTO records_claim SELECT * FROM records_claim")
        return
    run("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="never"):
        run("TRUNCATE records_claim CASCADE")
