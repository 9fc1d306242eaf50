"""Corrections and claims as people meet them: forms, both sides of a correction, answers, papers."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.services import grant_role
from certification.certificates.services import issue_certificate, propose_certificate
from certification.records.models import Claim, Correction, HourEntry, TrainingRecord
from certification.records.selectors import standing_entries
from certification.records.services import (
    approve_correction,
    make_claim,
    post_hours,
    propose_correction,
    refuse_claim,
)
from notices.models import Message
from tests.certificates.making import complete
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
    """An hour in two pieces with a pause between, from 9:00 by Riverbend's clock."""
    spans = (
        (at("2026-03-02 14:00"), at("2026-03-02 14:30")),
        (at("2026-03-02 15:00"), at("2026-03-02 15:30")),
    )
    return post_hours(record=record, source_key="class:1", parts=[part(60, spans=spans)]).entries[0]


def text_of(response: Any) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\u2009", " ")))


def sent(**changed: Any) -> dict[str, Any]:
    """The form of `entry` as the browser would send it."""
    values = {
        "key": str(uuid4()),
        "what": "replace",
        "day": "2026-03-02",
        "starts": "09:00",
        "ends": "10:30",
        "minutes": "45",
        "category": "mfr",
        "delivery": "in_person",
        "title": "Class: cross-hand release",
        "course": "",
        "reason": "minutes",
        "words": "She left a quarter of an hour early.",
    }
    return {key: value for key, value in {**values, **changed}.items() if value is not None}


def correct(entry: HourEntry) -> str:
    return reverse("records:desk_correct", args=[entry.record.uuid, entry.uuid])


def proposed(entry: HourEntry, school: School, **fields: Any) -> Correction:
    values = {"parts": [], "reason": "twice", "words": "It is there twice.", "by": school.instructor}
    return propose_correction(uuid=uuid4(), record=entry.record, entry=entry, **{**values, **fields})


def test_an_instructor_proposes_and_a_registrar_approves(
    record: TrainingRecord, entry: HourEntry, school: School
) -> None:
    client = school.client(school.instructor)
    rows = client.get(reverse("records:rows", args=[record.uuid])).content.decode()
    assert correct(entry) in rows
    page = client.get(correct(entry))
    said = text_of(page)
    assert "The line as it stands" in said
    assert "9:00 AM – 10:30 AM, with pauses" in said
    assert 'value="09:00"' in page.content.decode()
    answer = client.post(correct(entry), sent(attachment=paper()))
    correction = Correction.objects.get()
    address = reverse("records:desk_correction", args=[correction.uuid])
    assert answer["Location"] == address
    said = text_of(client.get(address))
    assert "It waits for a colleague" in said
    assert "Approve it" not in said
    registrar = school.client(school.registrar)
    assert "Waits for your approval Learner Line" in text_of(registrar.get("/desk/corrections/"))
    said = text_of(registrar.get(address))
    assert "Together 1 h → 45 min" in said
    assert "Myofascial release 1 h → 45 min" in said
    done = registrar.post(address, {"decision": "approve", "words": "Seen."}, follow=True)
    assert "Approved. Both lines stand on the record" in text_of(done)
    (line,) = standing_entries(record)
    assert (line.minutes, line.spans) == (45, entry.spans), "its pauses stay where its times do"
    said = text_of(registrar.get(address))
    assert "Before it was approved, and after." in said
    assert "Together 1 h → 45 min" in said
    assert "Approved by Helen Marsh" in said


def test_the_learner_sees_both_lines(record: TrainingRecord, entry: HourEntry, school: School) -> None:
    half = part(30, "2026-03-02 14:00", "2026-03-02 14:30")
    approve_correction(correction=proposed(entry, school, parts=[half], reason="minutes"), by=school.registrar)
    page = school.client(school.learner_user).get(reverse("records:rows", args=[record.uuid]))
    said = text_of(page)
    assert "Corrected: The minutes were wrong" in said
    assert "Lines that were taken back" in said
    assert "The minutes were wrong taken back 20 Mar 2026 30 min on 2 Mar 2026 in its place" in said
    assert '<s class="was">Class: cross-hand release</s>' in page.content.decode()
    other = school.client(school.learner_user).get(
        reverse("records:rows", args=[record.uuid]), {"category": "externship"}
    )
    assert "taken back" not in text_of(other)


def test_other_times_are_one_span_by_the_record_s_clock(
    record: TrainingRecord, entry: HourEntry, school: School
) -> None:
    school.client(school.registrar).post(correct(entry), sent(starts="23:30", ends="00:15", minutes="45"))
    (told,) = Correction.objects.get().replacement
    assert told["spans"] == [["2026-03-03T04:30:00.000000Z", "2026-03-03T05:15:00.000000Z"]]


def test_taking_back_needs_nothing_of_the_other_line(entry: HourEntry, school: School) -> None:
    school.client(school.registrar).post(
        correct(entry), {"what": "back", "reason": "absent", "words": "She was ill.", "key": str(uuid4())}
    )
    assert (Correction.objects.get().minutes, Correction.objects.get().replacement) == (0, [])


def test_the_same_form_sent_twice_is_one(entry: HourEntry, school: School) -> None:
    client, form = school.client(school.registrar), sent()
    places = {client.post(correct(entry), form)["Location"] for _ in range(2)}
    assert len(places) == 1
    assert Correction.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"minutes": "0"}, "Write at least one minute."),
        ({"minutes": "61"}, "There are only 60 minutes between these times."),
        ({"minutes": "1.5"}, "Write whole minutes"),
        ({"minutes": "1441"}, "One line holds at most"),
        ({"minutes": ""}, "Write the minutes."),
        ({"starts": "", "ends": ""}, "This line holds time"),
        ({"ends": ""}, "Write both times."),
        ({"starts": "late"}, "Write the time like 14:30."),
        ({"day": "2026-03-08", "starts": "02:30", "ends": "03:30"}, "clocks went forward"),
        ({"day": "2026-03-21"}, "future"),
        ({"day": "1926-03-02"}, "Look at the year."),
        ({"category": "cooking"}, "Select a valid choice"),
        ({"reason": ""}, "Choose one of the reasons."),
        ({"words": " "}, "Write a sentence or two."),
        ({"what": ""}, "Choose one of the two."),
        ({"attachment": SimpleUploadedFile("a.pdf", b"<html>")}, "Attach a PDF or a picture"),
        ({"attachment": SimpleUploadedFile("a.pdf", b"")}, "The file is empty."),
    ],
)
def test_what_is_refused_stands_beside_its_field(
    entry: HourEntry, school: School, changed: dict[str, Any], said: str
) -> None:
    answer = school.client(school.registrar).post(correct(entry), sent(**{"title": "Kept as typed", **changed}))
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert "Kept as typed" in answer.content.decode()
    assert not Correction.objects.exists()


def test_whose_time_it_is_stands_on_the_page(record: TrainingRecord, entry: HourEntry, school: School) -> None:
    lab = part(30, "2026-03-02 16:00", "2026-03-02 16:30", title="Lab: trigger points")
    post_hours(record=record, source_key="lab:1", parts=[lab])
    client = school.client(school.registrar)
    answer = client.post(correct(entry), sent(ends="11:15", minutes="120"))
    assert answer.status_code == 422
    assert "From 11:00 AM to 11:15 AM on 2 March 2026 the line “Lab: trigger points” holds her time." in text_of(answer)
    free = proposed(entry, school, parts=[part(60, "2026-03-02 16:30", "2026-03-02 17:30")], by=school.registrar)
    post_hours(
        record=record, source_key="lab:2", parts=[part(30, "2026-03-02 17:00", "2026-03-02 17:30", title="Late lab")]
    )
    second = school.client(school.admin)
    address = reverse("records:desk_correction", args=[free.uuid])
    assert "It cannot be approved as it is" in text_of(second.get(address))
    answer = second.post(address, {"decision": "approve"})
    assert answer.status_code == 422
    assert "the line “Late lab” holds her time" in text_of(answer)


def test_missing_hours_with_and_without_times(record: TrainingRecord, school: School) -> None:
    client = school.client(school.registrar)
    address = reverse("records:desk_add", args=[record.uuid])
    form = sent(what=None, reason="missing", source="class", starts="", ends="", minutes="30")
    assert "choose “Adjustment” where nobody knows" in text_of(client.post(address, form))
    client.post(address, {**form, "source": "adjustment"})
    client.post(address, {**form, "key": str(uuid4()), "starts": "18:00", "ends": "18:30"})
    without, with_times = [one.replacement[0] for one in Correction.objects.order_by("pk")]
    assert (without["source"], without["date"], without["spans"]) == ("adjustment", "2026-03-02", [])
    assert (with_times["source"], with_times["date"], len(with_times["spans"])) == ("class", None, 1)


def test_a_line_without_times_keeps_its_kind(record: TrainingRecord, school: School) -> None:
    awarded = part(60, spans=(), date=NOW.date(), source="lesson", evidence="awarded", delivery="asynchronous")
    line = post_hours(record=record, source_key="lesson:1", parts=[awarded]).entries[0]
    client = school.client(school.registrar)
    assert 'name="starts"' not in client.get(correct(line)).content.decode()
    client.post(correct(line), sent(day="2026-03-20", starts=None, ends=None, delivery="asynchronous"))
    approve_correction(correction=Correction.objects.get(), by=school.admin)
    (fresh,) = standing_entries(record)
    assert (fresh.minutes, fresh.source, fresh.evidence) == (45, "lesson", "corrected")


def test_a_closed_month_says_so(record: TrainingRecord, entry: HourEntry, school: School) -> None:
    with time_machine.travel(at("2026-04-12 12:00"), tick=False):
        page = school.client(school.instructor).get(correct(entry))
        assert "March 2026 is closed since 10 April 2026. Ask a registrar" in text_of(page)
        assert "<form method" not in page.content.decode().split("<main")[1]
        answer = school.client(school.instructor).post(correct(entry), sent())
        assert answer.status_code == 422
        said = text_of(school.client(school.registrar).get(correct(entry)))
        assert "Only registrars correct it" in said
        assert "Propose it" in said


def test_refusing_on_the_page(record: TrainingRecord, entry: HourEntry, school: School) -> None:
    address = reverse("records:desk_correction", args=[proposed(entry, school).uuid])
    client = school.client(school.registrar)
    for form, said in (
        ({"decision": "refuse", "words": ""}, "Write why it is refused"),
        ({}, "Choose whether you approve"),
    ):
        answer = client.post(address, form)
        assert answer.status_code == 422
        assert said in text_of(answer)
    client.post(address, {"decision": "refuse", "words": "Both classes took place."})
    assert "Both classes took place." in text_of(school.client(school.instructor).get(address))
    assert standing_entries(record) == [entry]


def test_withdrawing_on_the_page(entry: HourEntry, school: School) -> None:
    address = reverse("records:desk_correction", args=[proposed(entry, school).uuid])
    school.client(school.instructor).post(address, {"decision": "withdraw"})
    assert Correction.objects.get().outcome == "withdrawn"


def test_an_instructor_sees_her_own_only(record: TrainingRecord, entry: HourEntry, school: School) -> None:
    mine = proposed(entry, school)
    other = propose_correction(
        uuid=uuid4(),
        record=record,
        entry=None,
        parts=[without_times(30)],
        reason="missing",
        words="At the open day.",
        by=school.coordinator,
    )
    client = school.client(school.instructor)
    listed = client.get("/desk/corrections/").content.decode()
    assert str(mine.uuid) in listed
    assert str(other.uuid) not in listed
    assert client.get(reverse("records:desk_correction", args=[other.uuid])).status_code == 404
    assert client.get(reverse("records:desk_correction", args=[mine.uuid])).status_code == 200


def test_a_certificate_is_warned_of(record: TrainingRecord, school: School) -> None:
    complete(record)
    line = standing_entries(record)[0]
    registrar = school.client(school.registrar)
    assert "A certificate rests on this record" not in text_of(registrar.get(correct(line)))
    issue_certificate(proposal=propose_certificate(record=record, by=school.registrar), by=school.second_registrar)
    assert "A certificate rests on this record" in text_of(registrar.get(correct(line)))
    correction = proposed(line, school, by=school.registrar)
    page = text_of(school.client(school.admin).get(reverse("records:desk_correction", args=[correction.uuid])))
    assert "A certificate rests on this record" in page
    assert "complete today and would not be any more" in page


def test_a_paper_is_handed_out_whole_and_never_shown_in_a_page(entry: HourEntry, school: School) -> None:
    correction = proposed(entry, school, attachment=paper("sign in.pdf"))
    address = reverse("records:correction_paper", args=[correction.uuid])
    answer = school.client(school.registrar).get(address)
    assert b"".join(answer.streaming_content) == b"%PDF-1.7\n%%EOF\n"  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="sign_in.pdf"'
    assert answer["Cache-Control"] == "private, no-store"
    for who in (school.coordinator, school.learner_user, school.foreign_registrar):
        assert school.client(who).get(address).status_code == 404


@pytest.mark.parametrize("name", ["desk_correct", "desk_add", "desk_correction"])
def test_a_registrar_finds_nothing_to_correct_on_her_own_record(
    record: TrainingRecord, entry: HourEntry, school: School, name: str
) -> None:
    correction = proposed(entry, school)
    grant_role(user=school.learner_user, organisation=school.school, role="registrar")
    args: dict[str, list[UUID]] = {
        "desk_correct": [record.uuid, entry.uuid],
        "desk_add": [record.uuid],
        "desk_correction": [correction.uuid],
    }
    assert school.client(school.learner_user).get(reverse(f"records:{name}", args=args[name])).status_code == 404
    rows = school.client(school.learner_user).get(reverse("records:rows", args=[record.uuid]))
    assert "Correct this line" not in text_of(rows)
    assert "Something wrong with this line?" in text_of(rows)


def test_what_is_about_oneself_stands_on_no_list_of_the_desk(
    record: TrainingRecord, entry: HourEntry, school: School
) -> None:
    proposed(entry, school)
    answered = claimed(entry, school)
    refuse_claim(claim=answered, by=school.registrar, words="It is so.")
    claimed(entry, school)
    grant_role(user=school.learner_user, organisation=school.school, role="registrar")
    me, colleague = school.client(school.learner_user), school.client(school.registrar)
    said = text_of(colleague.get("/desk/"))
    assert "1 correction to approve" in said
    assert "1 claim about hours" in said
    said = text_of(me.get("/desk/"))
    assert "0 corrections to approve" in said
    assert "0 claims about hours" in said
    for address in ("/desk/corrections/", "/desk/claims/"):
        assert "Daniela Reyes A small program" in text_of(colleague.get(address))
        assert "Daniela Reyes A small program" not in text_of(me.get(address))


# ---------------------------------------------------------------- claims


def learner(school: School) -> Client:
    return school.client(school.learner_user)


def test_a_learner_contests_a_line_and_reads_the_answer(
    record: TrainingRecord, entry: HourEntry, school: School
) -> None:
    client = learner(school)
    address = f"{reverse('records:claim', args=[record.uuid])}?entry={entry.uuid}"
    assert address.replace("&", "&amp;") in client.get(reverse("records:rows", args=[record.uuid])).content.decode()
    page = client.get(address)
    assert "A registrar answers within 15 days, by 4 April 2026" in text_of(page)
    form = {"key": str(uuid4()), "entry": str(entry.uuid), "date": "2026-03-02", "minutes": "75"}
    refused = client.post(address, {**form, "words": ""})
    assert refused.status_code == 422
    assert "Write a sentence or two." in text_of(refused)
    done = client.post(address, {**form, "words": "We went on.", "attachment": paper()}, follow=True)
    assert "Sent. You get the answer by mail" in text_of(done)
    claim = Claim.objects.get()
    assert (claim.entry, claim.minutes, claim.attachment_name) == (entry, 75, "sheet.pdf")
    assert "You contested it" in text_of(client.get(reverse("records:rows", args=[record.uuid])))
    assert "You said so already" in text_of(client.get(address))
    registrar = school.client(school.registrar)
    assert "We went on." in text_of(registrar.get("/desk/claims/"))
    desk = registrar.get(reverse("records:desk_claim", args=[claim.uuid]))
    proposal = f"{correct(entry)}?claim={claim.uuid}"
    assert proposal in desk.content.decode()
    registrar.post(proposal, sent(ends="10:45", minutes="75"))
    correction = Correction.objects.get()
    assert correction.claim == claim
    assert "a correction waits for approval" in text_of(registrar.get("/desk/claims/"))
    school.client(school.admin).post(
        reverse("records:desk_correction", args=[correction.uuid]), {"decision": "approve", "words": "Sorry."}
    )
    said = text_of(client.get(reverse("records:claims", args=[record.uuid])))
    assert "The line was taken back, and 1 h 15 min stand in its place." in said
    assert "Sorry." in said
    assert Message.objects.filter(key=f"claim:{claim.uuid}:answered").count() == 1


def test_missing_hours_are_claimed_and_refused_with_reasons(record: TrainingRecord, school: School) -> None:
    client = learner(school)
    said = text_of(client.get(reverse("records:claims", args=[record.uuid])))
    assert "You contested nothing" in said
    address = reverse("records:claim", args=[record.uuid])
    form = {"key": str(uuid4()), "date": "2026-03-02", "minutes": "", "words": "The lab is not there."}
    assert "Write the minutes." in text_of(client.post(address, form))
    client.post(address, {**form, "minutes": "45"})
    claim = Claim.objects.get()
    assert (claim.kind, claim.minutes) == ("missing", 45)
    desk = reverse("records:desk_claim", args=[claim.uuid])
    registrar = school.client(school.registrar)
    assert (
        f"{reverse('records:desk_add', args=[record.uuid])}?claim={claim.uuid}" in registrar.get(desk).content.decode()
    )
    assert (
        'value="45"'
        in registrar.get(f"{reverse('records:desk_add', args=[record.uuid])}?claim={claim.uuid}").content.decode()
    )
    answer = registrar.post(desk, {"words": ""})
    assert answer.status_code == 422
    assert "Write why nothing is corrected" in text_of(answer)
    registrar.post(desk, {"words": "You are not on the sheet."})
    assert "You are not on the sheet." in text_of(client.get(reverse("records:claims", args=[record.uuid])))


def claimed(entry: HourEntry, school: School, **fields: Any) -> Claim:
    return make_claim(
        uuid=uuid4(),
        record=entry.record,
        entry=entry,
        day=entry.date,
        minutes=None,
        words="Not so.",
        by=school.learner_user,
        **fields,
    )


def test_she_withdraws_her_claim(record: TrainingRecord, entry: HourEntry, school: School) -> None:
    claim = claimed(entry, school)
    address = reverse("records:withdraw_claim", args=[claim.uuid])
    assert school.client(school.other_learner_user).post(address).status_code == 404
    assert "Withdrawn" in text_of(learner(school).post(address, follow=True))
    claim.refresh_from_db()
    assert claim.answer == "withdrawn"
    again = claimed(entry, school)
    refuse_claim(claim=again, by=school.registrar, words="It is so.")
    late = learner(school).post(reverse("records:withdraw_claim", args=[again.uuid]), follow=True)
    assert "answered before: Not corrected" in text_of(late)


def test_late_claims_are_marked(entry: HourEntry, school: School) -> None:
    claimed(entry, school)
    with time_machine.travel(at("2026-04-04 12:00"), tick=False):
        client = school.client(school.registrar)
        assert "Answer by 4 Apr 2026" in text_of(client.get("/desk/claims/"))
        assert "1 claim about hours answer by 4 Apr 2026" in text_of(client.get("/desk/"))
    with time_machine.travel(at("2026-04-05 12:00"), tick=False):
        assert "Late, was due 4 Apr 2026" in text_of(client.get("/desk/claims/"))
        page = client.get("/desk/")
        assert "1 claim about hours 1 is late" in text_of(page)
        assert '<a href="/desk/claims/" class="late">' in page.content.decode()


def test_the_desk_counts_what_waits_for_me(entry: HourEntry, school: School) -> None:
    proposed(entry, school, by=school.registrar)
    assert "0 corrections to approve" in text_of(school.client(school.registrar).get("/desk/"))
    assert "1 correction to approve" in text_of(school.client(school.second_registrar).get("/desk/"))
    assert "0 corrections to approve" in text_of(school.client(school.foreign_registrar).get("/desk/"))
    assert "to approve" not in text_of(school.client(school.instructor).get("/desk/"))


def test_a_claim_s_paper_is_for_her_and_those_who_answer(entry: HourEntry, school: School) -> None:
    address = reverse("records:claim_paper", args=[claimed(entry, school, attachment=paper()).uuid])
    for who, status in (
        (school.learner_user, 200),
        (school.registrar, 200),
        (school.instructor, 404),
        (school.other_learner_user, 404),
        (school.foreign_registrar, 404),
    ):
        assert school.client(who).get(address).status_code == status


def test_a_claim_of_another_line_does_not_ride_along(record: TrainingRecord, entry: HourEntry, school: School) -> None:
    other = post_hours(record=record, source_key="b", parts=[part(60, "2026-03-03 14:00", "2026-03-03 15:00")]).entries[
        0
    ]
    claim = claimed(other, school)
    school.client(school.registrar).post(f"{correct(entry)}?claim={claim.uuid}", sent())
    assert Correction.objects.get().claim is None


@pytest.mark.parametrize("asked", ["x", "00000000-0000-4000-8000-000000000009"])
def test_a_line_that_is_none_of_hers(record: TrainingRecord, school: School, asked: str) -> None:
    assert learner(school).get(reverse("records:claim", args=[record.uuid]), {"entry": asked}).status_code == 404


def test_lists_ask_the_same_number_of_questions_however_long(
    record: TrainingRecord, school: School, django_assert_max_num_queries: Any
) -> None:
    def fill(number: int) -> None:
        line = post_hours(
            record=record,
            source_key=f"c:{number}",
            parts=[part(60, f"2026-03-{number:02d} 14:00", f"2026-03-{number:02d} 15:00")],
        ).entries[0]
        claim = claimed(line, school)
        proposed(line, school, by=school.instructor, claim=claim)

    def count(address: str) -> int:
        client = school.client(school.registrar)
        client.get(address)
        with django_assert_max_num_queries(30) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    fill(2)
    addresses = ("/desk/corrections/", "/desk/claims/", "/desk/", reverse("records:rows", args=[record.uuid]))
    few = [count(address) for address in addresses]
    for number in range(3, 9):
        fill(number)
    assert [count(address) for address in addresses] == few
