"""Corrections: two people, one reversal, one new posting; what is refused stands beside what passes."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from accounts.services import grant_role
from certification.records.models import Correction, HourEntry, OccupiedTime, Posting, TrainingRecord
from certification.records.selectors import effect_done, effect_of, standing_entries, taken_back, transcript_for
from certification.records.services import (
    HourPart,
    approve_correction,
    ensure_learner,
    make_claim,
    open_record,
    post_hours,
    propose_correction,
    refuse_correction,
    reverse_entry,
    withdraw_correction,
)
from notices.models import Message
from tests.effort import examples
from tests.records.making import at, paper, part, without_times
from tests.worlds import School

pytestmark = pytest.mark.django_db
NOW = at("2026-03-20 12:00")


@pytest.fixture(autouse=True)
def _in_march() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def entry(record: TrainingRecord) -> HourEntry:
    """One hour of class, of an open month."""
    return post_hours(record=record, source_key="class:1", parts=[part()]).entries[0]


def propose(entry: HourEntry | None, parts: list[HourPart], by: User, **fields: Any) -> Correction:
    values: dict[str, Any] = {
        "uuid": uuid4(),
        "record": entry.record if entry else fields.pop("record"),
        "entry": entry,
        "parts": parts,
        "reason": "minutes",
        "words": "She left at half past two.",
        "by": by,
    }
    return propose_correction(**{**values, **fields})


HALF = part(30, "2026-03-02 14:00", "2026-03-02 14:30")


def total(record: TrainingRecord) -> int:
    return sum(HourEntry.objects.filter(record=record).values_list("minutes", flat=True))


def test_who_proposed_it_is_told_that_it_was_refused(entry: HourEntry, school: School) -> None:
    correction = propose(entry, [HALF], school.instructor, attachment=paper("daniela.pdf"))
    for _ in range(2):
        refuse_correction(correction=correction, by=school.registrar, words="Daniela signed for 60.")
    mail = Message.objects.get(key=f"correction:{correction.uuid}:refused")
    assert (mail.to, mail.user) == (school.instructor.email, school.instructor)
    assert f"/desk/corrections/{correction.uuid}/" in mail.body
    assert "“The minutes were wrong”" in mail.body
    for private in ("Daniela", "daniela", "signed for", "half past", "Reyes"):
        assert private not in mail.subject + mail.body
    assert school.client(school.instructor).get(f"/desk/corrections/{correction.uuid}/").status_code == 200


def test_a_correction_is_a_reversal_and_a_new_line(record: TrainingRecord, entry: HourEntry, school: School) -> None:
    correction = propose(entry, [HALF], school.instructor, attachment=paper())
    assert total(record) == 60, "a proposal changes no hour"
    approve_correction(correction=correction, by=school.registrar, words="Seen on the sheet.")
    back, fresh = HourEntry.objects.order_by("position")[1:]
    assert (back.minutes, back.reverses_id, back.reason) == (-60, entry.pk, "minutes")
    assert (fresh.minutes, fresh.evidence, fresh.reason, fresh.source) == (30, "corrected", "minutes", "class")
    assert (fresh.signer, fresh.recorded_by) == ("", school.registrar.uuid)
    assert fresh.posting.source_key == f"correction:{correction.uuid}"
    assert back.posting.source_key == f"correction:{correction.uuid}/back"
    (line,) = transcript_for(record).entries
    assert (line.uuid, line.minutes, line.evidence, line.reason) == (fresh.uuid, 30, "corrected", "minutes")
    (gone,) = taken_back(record)
    assert (gone.entry.pk, gone.back.pk, gone.correction, gone.replacements) == (
        *(entry.pk, back.pk),
        correction,
        (fresh,),
    )
    correction.refresh_from_db()
    assert (correction.decided_by, correction.decision_words) == (school.registrar, "Seen on the sheet.")
    assert correction.attachment.read().startswith(b"%PDF")
    mail = Message.objects.get(key=f"correction:{correction.uuid}:approved")
    assert mail.to == school.learner_user.email
    assert "1 h, was taken back. 30 min stand in its place." in mail.body


def test_taking_back_only_and_missing_hours(record: TrainingRecord, entry: HourEntry, school: School) -> None:
    gone = propose(entry, [], school.registrar, reason="absent")
    missing = propose(None, [without_times(45)], school.registrar, record=record, reason="missing")
    for one in (gone, missing):
        approve_correction(correction=one, by=school.admin)
    assert [(line.minutes, line.source) for line in standing_entries(record)] == [(45, "adjustment")]
    assert not OccupiedTime.objects.exists(), "the time is free again"
    assert "45 min that were missing were added" in Message.objects.get(key__contains=str(missing.uuid)).body


def test_a_correction_of_a_corrected_line(record: TrainingRecord, entry: HourEntry, school: School) -> None:
    for minutes in (30, 20, 10):
        (standing,) = standing_entries(record)
        fix = propose(standing, [part(minutes, "2026-03-02 14:00", "2026-03-02 14:30")], school.registrar)
        approve_correction(correction=fix, by=school.second_registrar)
    chain = taken_back(record)
    assert [one.entry.minutes for one in chain] == [60, 30, 20]
    assert [one.replacements[0].minutes for one in chain] == [30, 20, 10]
    assert total(record) == 10


def test_approving_again_changes_nothing(record: TrainingRecord, entry: HourEntry, school: School) -> None:
    correction = propose(entry, [HALF], school.instructor)
    for by in (school.registrar, school.registrar, school.admin):
        assert approve_correction(correction=correction, by=by).decided_by == school.registrar
    assert HourEntry.objects.count() == 3
    assert Message.objects.filter(key__startswith="correction:").count() == 1
    with pytest.raises(ValidationError, match="decided before: Approved"):
        refuse_correction(correction=correction, by=school.registrar, words="No.")


def test_the_same_form_twice_is_one_proposal(record: TrainingRecord, entry: HourEntry, school: School) -> None:
    key = uuid4()
    first, again = (propose(entry, [HALF], school.instructor, uuid=key) for _ in range(2))
    assert first.pk == again.pk
    with pytest.raises(ValidationError, match="waits for approval already"):
        propose(entry, [HALF], school.registrar)
    withdraw_correction(correction=first, by=school.instructor)
    withdraw_correction(correction=first, by=school.instructor)
    propose(entry, [HALF], school.registrar)
    assert Correction.objects.count() == 2


@pytest.mark.parametrize("who", ["instructor", "coordinator", "registrar", "admin"])
def test_staff_propose_in_an_open_month(record: TrainingRecord, entry: HourEntry, school: School, who: str) -> None:
    assert propose(entry, [HALF], getattr(school, who)).is_open


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("learner_user", "your own hours"),
        ("other_learner_user", "Only the school’s staff"),
        ("foreign_registrar", "Only the school’s staff"),
    ],
)
def test_others_do_not_propose(record: TrainingRecord, entry: HourEntry, school: School, who: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        propose(entry, [HALF], getattr(school, who))


def test_a_closed_month_needs_a_registrar_and_says_so(record: TrainingRecord, school: School) -> None:
    old = post_hours(record=record, source_key="c:2", parts=[part(60, "2026-02-02 14:00", "2026-02-02 15:00")])
    less = part(30, "2026-02-02 14:00", "2026-02-02 14:30")
    for who in (school.instructor, school.coordinator):
        with pytest.raises(ValidationError, match="February 2026 is closed since 10 March 2026: a registrar must"):
            propose(old.entries[0], [less], who)
    assert propose(old.entries[0], [less], school.registrar).is_open


def test_a_replacement_in_a_closed_month_needs_a_registrar_too(entry: HourEntry, school: School) -> None:
    moved = part(60, "2026-02-02 14:00", "2026-02-02 15:00")
    with pytest.raises(ValidationError, match="February 2026 is closed"):
        propose(entry, [moved], school.instructor)
    assert propose(entry, [moved], school.admin).is_open


def test_the_month_closes_by_the_clock_of_the_record(entry: HourEntry, school: School) -> None:
    """Riverbend's clock shows 9 April until 4:00 UTC of the 10th."""
    with time_machine.travel(at("2026-04-10 03:59"), tick=False):
        withdraw_correction(correction=propose(entry, [HALF], school.instructor), by=school.instructor)
    with time_machine.travel(at("2026-04-10 04:00"), tick=False), pytest.raises(ValidationError, match="closed"):
        propose(entry, [HALF], school.instructor)


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("registrar", "You proposed it"),
        ("instructor", "Only a registrar or administrator"),
        ("coordinator", "Only a registrar or administrator"),
        ("learner_user", "your own hours"),
        ("foreign_registrar", "Only a registrar or administrator"),
    ],
)
def test_who_does_not_decide(record: TrainingRecord, entry: HourEntry, school: School, who: str, said: str) -> None:
    correction = propose(entry, [HALF], school.registrar)
    for decide in (approve_correction, refuse_correction):
        with pytest.raises(ValidationError, match=said):
            decide(correction=correction, by=getattr(school, who), words="x")
    assert (total(record), Correction.objects.get().outcome) == (60, "")


def test_a_registrar_who_studies_here_never_touches_her_own_hours(
    record: TrainingRecord, entry: HourEntry, school: School
) -> None:
    grant_role(user=school.learner_user, organisation=school.school, role="registrar")
    me = User.objects.get(pk=school.learner_user.pk)
    with pytest.raises(ValidationError, match="your own hours"):
        propose(entry, [HALF], me)
    with pytest.raises(ValidationError, match="your own hours"):
        approve_correction(correction=propose(entry, [HALF], school.registrar), by=me)


@pytest.mark.parametrize("into_hers", [True, False])
def test_a_merged_account_is_still_her_own(
    record: TrainingRecord, entry: HourEntry, school: School, into_hers: bool
) -> None:
    correction = propose(entry, [HALF], school.registrar)
    other = ensure_learner(user=school.second_registrar)
    gone, left = (other, record.learner) if into_hers else (record.learner, other)
    gone.merged_into = left
    gone.save()
    with pytest.raises(ValidationError, match="your own hours"):
        approve_correction(correction=correction, by=school.second_registrar)


def test_refusing_needs_words_and_posts_nothing(record: TrainingRecord, entry: HourEntry, school: School) -> None:
    correction = propose(entry, [HALF], school.instructor)
    with pytest.raises(ValidationError, match="Write why it is refused"):
        refuse_correction(correction=correction, by=school.registrar, words="  ")
    for _ in range(2):
        assert refuse_correction(correction=correction, by=school.registrar, words="The sheet says 60.").decision_words
    with pytest.raises(ValidationError, match="decided before: Refused"):
        approve_correction(correction=correction, by=school.admin)
    with pytest.raises(ValidationError, match="decided before"):
        withdraw_correction(correction=correction, by=school.instructor)
    assert total(record) == 60


def test_only_who_proposed_withdraws(entry: HourEntry, school: School) -> None:
    with pytest.raises(ValidationError, match="Only who proposed"):
        withdraw_correction(correction=propose(entry, [HALF], school.instructor), by=school.registrar)


LATE = part(60, "2026-03-02 15:00", "2026-03-02 16:00", title="Lab: trigger points")


def test_time_that_another_line_holds_is_refused_by_its_name(
    record: TrainingRecord, entry: HourEntry, school: School
) -> None:
    longer = part(90, "2026-03-02 14:00", "2026-03-02 15:30")
    correction = propose(entry, [longer], school.registrar)
    post_hours(record=record, source_key="lab:1", parts=[LATE])
    sentence = "From 10 a.m. to 10:30 a.m. on 2 March 2026 the line “Lab: trigger points” holds her time"
    before = (HourEntry.objects.count(), Posting.objects.count(), OccupiedTime.objects.count())
    with pytest.raises(ValidationError, match="Lab: trigger points") as refused:
        approve_correction(correction=correction, by=school.admin)
    assert sentence.replace(" a.m.", " AM").replace("10 AM", "10:00 AM") in refused.value.messages[0]
    assert (HourEntry.objects.count(), Posting.objects.count(), OccupiedTime.objects.count()) == before
    assert Correction.objects.get().outcome == ""
    with pytest.raises(ValidationError, match="Lab: trigger points"):
        propose(None, [longer], school.registrar, record=record)


def test_a_minute_that_no_day_can_hold_is_refused_whole(record: TrainingRecord, school: School) -> None:
    """Half a minute on each side of midnight (5:00 UTC), parted by a pause: neither day has a whole one."""
    halves = (
        (at("2026-03-03 04:59:30"), at("2026-03-03 05:00")),
        (at("2026-03-03 05:10"), at("2026-03-03 05:10:30")),
    )
    correction = propose(None, [part(1, spans=halves)], school.registrar, record=record, reason="missing")
    with pytest.raises(ValidationError, match="Not all of these minutes could be posted"):
        approve_correction(correction=correction, by=school.admin)
    assert (HourEntry.objects.count(), Posting.objects.count()) == (0, 0)


def test_its_own_time_is_free_for_what_replaces_it(record: TrainingRecord, entry: HourEntry, school: School) -> None:
    approve_correction(
        correction=propose(entry, [part(50, "2026-03-02 14:05", "2026-03-02 15:00")], school.registrar), by=school.admin
    )
    assert [row.minutes for row in standing_entries(record)] == [50]
    assert OccupiedTime.objects.get().starts_at == at("2026-03-02 14:05")


@pytest.mark.parametrize(
    ("parts", "fields", "said"),
    [
        ([part(0)], {}, "above zero"),
        ([part(-5)], {}, "above zero"),
        ([part(61)], {}, "shorter than 61"),
        ([part(category="cooking")], {}, "no category “cooking”"),
        ([without_times()], {}, "needs its times"),
        ([part(60, "2026-03-21 14:00", "2026-03-21 15:00")], {}, "future"),
        ([HALF], {"words": " "}, "what was wrong"),
        ([HALF], {"reason": "mood"}, "one of the reasons"),
        ([HALF], {"attachment": paper("sheet.pdf", b"MZ\x90\x00")}, "Attach a PDF or a picture"),
        ([HALF], {"attachment": paper("sheet.html", b"<html>")}, "Attach a PDF or a picture"),
        ([HALF], {"attachment": paper("big.pdf", b"%PDF-1.7" + b"0" * (10 * 1024 * 1024))}, "larger than 10 MB"),
    ],
)
def test_what_is_refused_leaves_nothing(
    entry: HourEntry, school: School, parts: list[HourPart], fields: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        propose(entry, parts, school.registrar, **fields)
    assert not Correction.objects.exists()


def test_nothing_to_correct(record: TrainingRecord, school: School) -> None:
    with pytest.raises(ValidationError, match="nothing to correct"):
        propose(None, [], school.registrar, record=record)


def test_a_line_that_was_taken_back_is_gone(record: TrainingRecord, entry: HourEntry, school: School) -> None:
    correction = propose(entry, [HALF], school.registrar)
    back = reverse_entry(entry=entry, source_key="fix:1", reason="clerical", recorded_by=school.registrar)
    with pytest.raises(ValidationError, match="taken back meanwhile"):
        approve_correction(correction=correction, by=school.admin)
    assert total(record) == 0
    withdraw_correction(correction=correction, by=school.registrar)
    for line, said in ((entry, "taken back already"), (back, "already takes another one back")):
        with pytest.raises(ValidationError, match=said):
            propose(line, [], school.registrar)


def test_a_sealed_record_gives_back_but_takes_nothing(record: TrainingRecord, entry: HourEntry, school: School) -> None:
    TrainingRecord.objects.filter(pk=record.pk).update(sealed_at=NOW)
    with pytest.raises(ValidationError, match="sealed: it ended"):
        propose_correction(
            uuid=uuid4(), record=record, entry=None, parts=[LATE], reason="minutes", words="x", by=school.registrar
        )
    approve_correction(correction=propose(entry, [], school.registrar, reason="false_statement"), by=school.admin)
    assert total(record) == 0


def test_what_it_would_do_is_what_it_did(record: TrainingRecord, entry: HourEntry, school: School) -> None:
    post_hours(record=record, source_key="lab:1", parts=[LATE])
    moved = part(30, "2026-03-02 14:00", "2026-03-02 14:30", category="externship_hands_on")
    correction = propose(entry, [moved], school.registrar)
    would = effect_of(record, entry, [moved])
    approve_correction(correction=correction, by=school.admin)
    post_hours(record=record, source_key="lab:2", parts=[part(60, "2026-03-03 14:00", "2026-03-03 15:00")])
    correction.refresh_from_db()
    did = effect_done(correction)
    for effect in (would, did):
        assert (effect.before.total.counted, effect.after.total.counted) == (120, 90)
        assert [(old.code, old.counted, new.counted) for old, new in effect.changed] == [
            ("mfr", 120, 60),
            ("externship", 0, 30),
            ("externship_hands_on", 0, 30),
        ]


# ---------------------------------------------------------------- never below zero


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(["post", "back", "replace"]), st.integers(0, 5), st.integers(1, 60)), max_size=8)
)
def test_no_story_takes_a_record_below_zero(school: School, record: TrainingRecord, steps: list[Any]) -> None:
    sid = transaction.savepoint()
    try:
        for number, (what, which, minutes) in enumerate(steps):
            standing = standing_entries(record)
            if what == "post" or not standing:
                day = without_times(minutes, "2026-03-03")
                post_hours(record=record, source_key=f"post:{number}", parts=[day])
            else:
                line = standing[which % len(standing)]
                parts = [without_times(minutes, "2026-03-04")] if what == "replace" else []
                approve_correction(correction=propose(line, parts, school.registrar), by=school.admin)
            assert total(record) >= 0
            assert total(record) == sum(row.minutes for row in standing_entries(record))
    finally:
        transaction.savepoint_rollback(sid)


def forged(entry: HourEntry, **changed: str) -> str:
    """SQL that copies an entry with some columns changed."""
    hexed = UUID(int=7).hex if connection.vendor == "sqlite" else str(UUID(int=7))
    values = {"uuid": f"'{hexed}'", "source_key": "'x/1'", "position": "99", "leaf_hash": "'x'", **changed}
    columns = [field.column for field in HourEntry._meta.concrete_fields if field.column != "id"]
    picked = ", ".join(values.get(column, f'"{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    return f"INSERT INTO records_hourentry ({names}) SELECT {picked} FROM records_hourentry WHERE id = {entry.pk}"


def run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("minutes", [-61, -59, 60, 1, 0])
def test_sql_takes_back_no_other_minutes(record: TrainingRecord, entry: HourEntry, minutes: int) -> None:
    with pytest.raises(DatabaseError):
        run(forged(entry, reverses_id=str(entry.pk), minutes=str(minutes)))
    run(forged(entry, reverses_id=str(entry.pk), minutes="-60"))


def test_sql_takes_back_nothing_twice(record: TrainingRecord, entry: HourEntry, school: School) -> None:
    approve_correction(correction=propose(entry, [], school.registrar), by=school.admin)
    with pytest.raises(DatabaseError):
        run(forged(entry, reverses_id=str(entry.pk), minutes="-60"))
    assert total(record) == 0


def test_sql_takes_back_no_reversal_and_no_line_of_another_record(
    record: TrainingRecord, entry: HourEntry, school: School
) -> None:
    back = reverse_entry(entry=entry, source_key="fix:1", reason="clerical", recorded_by=school.registrar)
    with pytest.raises(DatabaseError, match="exactly one entry of the same record"):
        run(forged(back, reverses_id=str(back.pk), minutes="60"))
    other = open_record(
        learner=ensure_learner(user=school.other_learner_user),
        school=school.school,
        rule_set=record.rule_set,
        program_code="SMALL",
        program_title="A small program",
        enrolled_on=date(2026, 1, 5),
        source_key="enrollment:2",
    )
    theirs = post_hours(record=other, source_key="class:1", parts=[part()]).entries[0]
    with pytest.raises(DatabaseError, match="exactly one entry of the same record"):
        run(forged(theirs, record_id=str(record.pk), reverses_id=str(theirs.pk), minutes="-60"))


# ---------------------------------------------------------------- the table itself


ATTACKS = {
    "change the words": "UPDATE records_correction SET words = 'x' WHERE id = {id}",
    "change the minutes": "UPDATE records_correction SET minutes = 59 WHERE id = {id}",
    "change what is posted": "UPDATE records_correction SET replacement = '[]' WHERE id = {id}",
    "change the reason": "UPDATE records_correction SET reason = 'twice' WHERE id = {id}",
    "change the proposer": "UPDATE records_correction SET proposed_by_id = {other} WHERE id = {id}",
    "change the line": "UPDATE records_correction SET entry_id = NULL WHERE id = {id}",
    "swap the paper": "UPDATE records_correction SET attachment_sha256 = 'x' WHERE id = {id}",
    "delete": "DELETE FROM records_correction WHERE id = {id}",
    "approve without a reversal": "UPDATE records_correction SET outcome = 'approved', decided_by_id = {other}, "
    "decided_at = proposed_at WHERE id = {id}",
    "decide for the learner": "UPDATE records_correction SET outcome = 'refused', decision_words = 'x', "
    "decided_by_id = {learner}, decided_at = proposed_at WHERE id = {id}",
}
CONSTRAINED = {
    "refuse one’s own": "UPDATE records_correction SET outcome = 'refused', decision_words = 'x', "
    "decided_by_id = proposed_by_id, decided_at = proposed_at WHERE id = {id}",
    "withdraw another’s": "UPDATE records_correction SET outcome = 'withdrawn', decided_by_id = {other}, "
    "decided_at = proposed_at WHERE id = {id}",
    "refuse without words": "UPDATE records_correction SET outcome = 'refused', decided_by_id = {other}, "
    "decided_at = proposed_at WHERE id = {id}",
    "decided by nobody": "UPDATE records_correction SET outcome = 'refused', decision_words = 'x' WHERE id = {id}",
    "an outcome of no list": "UPDATE records_correction SET outcome = 'maybe', decided_by_id = {other}, "
    "decided_at = proposed_at WHERE id = {id}",
}


@pytest.mark.parametrize("name", [*ATTACKS, *CONSTRAINED])
def test_the_database_refuses(record: TrainingRecord, entry: HourEntry, school: School, name: str) -> None:
    correction = propose(entry, [HALF], school.registrar)
    ids = {"id": correction.pk, "other": school.admin.pk, "learner": school.learner_user.pk}
    expected = (DatabaseError, "never") if name in ATTACKS else (IntegrityError, "correction_|CHECK")
    with pytest.raises(expected[0], match=expected[1]):
        run({**ATTACKS, **CONSTRAINED}[name].format(**ids))
    correction.refresh_from_db()
    assert (correction.outcome, correction.minutes, correction.words) == ("", 30, "She left at half past two.")


def test_approved_means_posted_to_the_minute(record: TrainingRecord, entry: HourEntry, school: School) -> None:
    """Whoever takes the line back by this correction's key, and posts other minutes or none, cannot call it approved."""
    correction = propose(entry, [HALF], school.registrar)
    key = correction.source_key
    approve = ATTACKS["approve without a reversal"].format(id=correction.pk, other=school.admin.pk)
    reverse_entry(entry=entry, source_key=f"{key}/back", reason="minutes", recorded_by=school.admin)
    with pytest.raises(DatabaseError, match="before its hours are posted"):
        run(approve)
    post_hours(record=record, source_key=key, parts=[part(29, "2026-03-02 14:00", "2026-03-02 14:29")])
    with pytest.raises(DatabaseError, match="to the minute"):
        run(approve)


def test_a_decided_correction_stays_decided(entry: HourEntry, school: School) -> None:
    correction = propose(entry, [HALF], school.registrar)
    refuse_correction(correction=correction, by=school.admin, words="No.")
    with pytest.raises(DatabaseError, match="never decided again"):
        run(
            f"UPDATE records_correction SET outcome = '', decided_by_id = NULL, decided_at = NULL WHERE id = {correction.pk}"
        )


def copy_of(correction: Correction, **changed: str) -> str:
    hexed = UUID(int=9).hex if connection.vendor == "sqlite" else str(UUID(int=9))
    values = {"uuid": f"'{hexed}'", **changed}
    columns = [field.column for field in Correction._meta.concrete_fields if field.column != "id"]
    picked = ", ".join(values.get(column, f'"{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    return (
        f"INSERT INTO records_correction ({names}) SELECT {picked} FROM records_correction WHERE id = {correction.pk}"
    )


def test_what_cannot_be_inserted(record: TrainingRecord, entry: HourEntry, school: School) -> None:
    correction = propose(entry, [HALF], school.registrar)
    with pytest.raises(DatabaseError, match=r"one open correction|one_open_correction"):
        run(copy_of(correction))
    for changed, said in (
        ({"entry_id": "NULL", "outcome": "'approved'"}, "begins undecided"),
        ({"entry_id": "NULL", "proposed_by_id": str(school.learner_user.pk)}, "never proposed by the learner"),
        ({"entry_id": "NULL", "minutes": "0"}, "correction_takes_back_or_posts|CHECK"),
        ({"entry_id": "NULL", "words": "''"}, "correction_says_why|CHECK"),
        ({"entry_id": "NULL", "reason": "'mood'"}, "correction_reason_known|CHECK"),
    ):
        with pytest.raises(DatabaseError, match=said):
            run(copy_of(correction, **changed))
    back = reverse_entry(entry=entry, source_key="fix:1", reason="clerical", recorded_by=school.registrar)
    with pytest.raises(DatabaseError, match="only a line of the same record"):
        run(copy_of(correction, entry_id=str(back.pk)))
    run(copy_of(correction, entry_id="NULL"))


def test_sql_answers_no_claim_of_another_record(record: TrainingRecord, entry: HourEntry, school: School) -> None:
    other = open_record(
        learner=record.learner,
        school=school.school,
        rule_set=record.rule_set,
        program_code="SMALL",
        program_title="A small program",
        enrolled_on=date(2026, 1, 5),
        source_key="enrollment:2",
    )
    claim = make_claim(
        uuid=uuid4(),
        record=other,
        entry=None,
        day=date(2026, 3, 2),
        minutes=5,
        words="Five minutes.",
        by=school.learner_user,
    )
    correction = propose(entry, [HALF], school.registrar)
    with pytest.raises(DatabaseError, match="a claim of the same record"):
        run(copy_of(correction, entry_id="NULL", claim_id=str(claim.pk)))
    with pytest.raises(ValidationError, match="answered meanwhile"):
        propose(None, [without_times(5)], school.registrar, record=record, claim=claim)


def test_rows_are_not_replaced(entry: HourEntry, school: School) -> None:
    propose(entry, [HALF], school.registrar)
    if connection.vendor == "sqlite":
        with pytest.raises(DatabaseError, match=r"never|one open"):
            run("INSERT OR REPLACE INTO records_correction SELECT * FROM records_correction")
        return
    run("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="never"):
        run("TRUNCATE records_correction CASCADE")
