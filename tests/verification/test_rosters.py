"""Rosters for CE Broker: what a line holds, who is reported and never twice, the clock of thirty days, and the answers."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client

from certification.certificates.models import Certificate
from certification.certificates.services import issue_certificate, propose_replacement, revoke_certificate
from certification.requirements.models import RuleSet
from certification.verification import rosters, services
from certification.verification.models import Roster, RosterNotice, RosterRow
from certification.verification.selectors import to_report
from notices.models import Message
from tests.certificates.continuing import issued_ce, make_ce_record
from tests.verification.test_audit import insider
from tests.worlds import School

LINE = rosters.Line("50-12871", "20-1483", "MA 81234", date(2026, 3, 2))
NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# ---------------------------------------------------------------- the line, pure


def test_a_line_is_sent_without_the_prefixes_that_the_receiver_knows() -> None:
    assert rosters.cells(LINE, "MA") == ("12871", "1483", "", "81234", "03/02/2026", "FL", "MA")
    assert rosters.lacks(LINE, "MA") == ""


@pytest.mark.parametrize(
    ("number", "bare"),
    [("MA 81234", "81234"), ("ma81234", "81234"), ("MA-81234", "81234"), ("81234", "81234"), (" 81234 ", "81234"),
     ("RN 81234", ""), ("MA", ""), ("81 234", ""), ("MA 81234 x", ""), ("", "")],
)  # fmt: skip
def test_a_license_number_loses_the_letters_of_its_own_profession_alone(number: str, bare: str) -> None:
    assert rosters.bare_licence(number, "MA") == bare


@pytest.mark.parametrize(
    ("line", "lacks"),
    [
        (rosters.Line("", "1483", "MA 1", date(2026, 3, 2)), "provider_number"),
        (rosters.Line("50-x", "1483", "MA 1", date(2026, 3, 2)), "provider_number"),
        (rosters.Line("50-1", "20-", "MA 1", date(2026, 3, 2)), "course_number"),
        (rosters.Line("50-1", "1483", "RN 1", date(2026, 3, 2)), "licence"),
    ],
)
def test_what_a_line_lacks_is_named(line: rosters.Line, lacks: str) -> None:
    assert rosters.lacks(line, "MA") == lacks


@pytest.mark.parametrize(
    ("days", "standing"), [(0, "later"), (19, "later"), (20, "due"), (30, "due"), (31, "late"), (400, "late")]
)
def test_the_thirtieth_day_is_in_time(days: int, standing: str) -> None:
    assert rosters.standing(LINE, LINE.completed_on + timedelta(days=days)) == standing


# ---------------------------------------------------------------- the desk


@pytest.fixture
def certificate(school: School, rule_set: RuleSet, db: None) -> Certificate:
    return issued_ce(school, make_ce_record(school, rule_set))


def make(client: Client, key: str = "", profession: str = "MA") -> Any:
    return client.post("/desk/rosters/", {"profession": profession, "key": key or str(uuid4())})


@pytest.mark.django_db
def test_a_file_is_made_sent_and_answered(school: School, certificate: Certificate) -> None:
    desk = school.client(school.registrar)
    page = text_of(desk.get("/desk/rosters/"))
    for piece in ("Daniela Reyes", "1483-06", "MA 81234", "1 completion can be reported", "1 Apr 2026"):
        assert piece in page, piece
    key = str(uuid4())
    for _click in range(2):
        assert make(desk, key).status_code == 302
    roster = Roster.objects.get()
    file = desk.get(f"/desk/rosters/{roster.uuid}/roster.csv")
    assert file.content.decode() == (
        "ProviderNumber,CourseNumber,PublishingNumber,LicenseNumber,CompletionDate,State,Profession\r\n"
        "12871,1483-06,,81234,03/02/2026,FL,MA\r\n"
    )
    assert file["Content-Disposition"].startswith("attachment")
    assert "Nothing waits" in text_of(desk.get("/desk/rosters/"))
    assert make(desk).status_code == 422, "nobody is reported twice"

    at = f"/desk/rosters/{roster.uuid}/"
    early = desk.post(at, {"step": "reply", "lines": "1", "reply": "accepted"})
    assert early.status_code == 422
    for _click in range(2):
        assert desk.post(at, {"step": "sent", "reference": "CB-77"}).status_code == 302
    assert "CB-77" in text_of(desk.get(at))
    assert desk.post(at, {"step": "drop"}, follow=True).status_code == 200
    roster.refresh_from_db()
    assert roster.dropped_at is None, "what was sent is not dropped"
    silent = desk.post(at, {"step": "reply", "lines": "1", "reply": "refused"})
    assert silent.status_code == 422 and "Write what the receiver said" in text_of(silent)
    nothing = desk.post(at, {"step": "reply", "reply": "accepted"})
    assert nothing.status_code == 422 and "Choose the lines" in text_of(nothing)
    assert (
        desk.post(at, {"step": "reply", "lines": "1", "reply": "refused", "words": "Unknown license"}).status_code
        == 302
    )
    assert "Unknown license" in text_of(desk.get(at))
    again = desk.post(at, {"step": "reply", "lines": "1", "reply": "accepted"}, follow=True)
    assert "Every line has its answer already" in text_of(again), "a second click is told so, and changes nothing"
    assert "Daniela Reyes" in text_of(desk.get("/desk/rosters/")), "what was refused waits for the next file"
    assert make(desk).status_code == 302
    assert [(row.stands, row.reply) for row in RosterRow.objects.order_by("pk")] == [(False, "refused"), (True, "")]
    assert [one.number for one in Roster.objects.order_by("pk")] == [1, 2]


@pytest.mark.django_db
def test_a_dropped_file_reports_nothing(school: School, certificate: Certificate) -> None:
    desk = school.client(school.registrar)
    make(desk)
    roster = Roster.objects.get()
    for _click in range(2):
        assert desk.post(f"/desk/rosters/{roster.uuid}/", {"step": "drop"}).status_code == 302
    page = text_of(desk.get(f"/desk/rosters/{roster.uuid}/"))
    assert "Dropped on" in page and "Reports nothing" in page and "Download the file" not in page
    assert desk.post(f"/desk/rosters/{roster.uuid}/", {"step": "sent"}).status_code == 422
    assert len(to_report(school.school, profession="MA")) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("profession", ["", "M", "massage", "M4"])
def test_a_profession_that_is_no_code_is_refused(school: School, certificate: Certificate, profession: str) -> None:
    page = make(school.client(school.registrar), profession=profession)
    assert page.status_code == 422
    assert not Roster.objects.exists()


@pytest.mark.django_db
def test_another_profession_knows_no_such_license(school: School, certificate: Certificate) -> None:
    (one,) = to_report(school.school, profession="RN")
    assert one.lacks == "licence"
    page = make(school.client(school.registrar), profession="RN")
    assert page.status_code == 422 and "No completion can be reported" in text_of(page)


@pytest.mark.django_db
def test_what_was_revoked_or_is_not_of_florida_is_not_reported(school: School, rule_set: RuleSet) -> None:
    certificate = issued_ce(school, make_ce_record(school, rule_set))
    revoke_certificate(certificate=certificate, by=school.registrar, reason="issued_in_error", on=certificate.issued_on)
    assert to_report(school.school, profession="MA") == []


@pytest.mark.django_db
def test_a_course_of_ncbtmb_alone_is_not_reported_to_florida(school: School, rule_set: RuleSet) -> None:
    issued_ce(school, make_ce_record(school, rule_set, bodies=("ncbtmb",)))
    assert to_report(school.school, profession="MA") == []


@pytest.mark.django_db
def test_a_replacement_of_what_was_reported_is_not_reported_again(school: School, certificate: Certificate) -> None:
    from accounts.services import change_legal_name
    from certification.certificates.selectors import today_at

    make(school.client(school.registrar))
    change_legal_name(user=school.learner_user, legal_name="Daniela Lind", until_on=today_at(school.school))
    certificate = Certificate.objects.get(pk=certificate.pk)  # with her new name
    proposal = propose_replacement(certificate=certificate, because="name_changed", by=school.admin)
    issue_certificate(proposal=proposal, by=school.second_registrar)
    assert to_report(school.school, profession="MA") == []


@pytest.mark.django_db
def test_the_list_takes_two_queries(school: School, certificate: Certificate, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        to_report(school.school, profession="MA")


@pytest.mark.django_db
def test_only_who_signs_for_the_school_reports(school: School, certificate: Certificate) -> None:
    make(school.client(school.registrar))
    roster = Roster.objects.get()
    for who in (school.instructor, school.coordinator):
        assert school.client(who).get("/desk/rosters/").status_code == 403
        assert school.client(who).get(f"/desk/rosters/{roster.uuid}/roster.csv").status_code == 404
        with pytest.raises(ValidationError, match="Only who signs"):
            services.make_roster(uuid=uuid4(), school=school.school, profession="MA", by=who)
        with pytest.raises(ValidationError, match="Only who signs"):
            services.mark_sent(roster=roster, reference="", by=who)


# ---------------------------------------------------------------- the clock


@pytest.mark.django_db
def test_the_school_is_told_before_it_is_late_and_when_it_is_once_each(
    school: School, certificate: Certificate
) -> None:
    assert services.remind_of_rosters(now=NOW) == 0
    soon, late = NOW.replace(day=25), NOW.replace(month=4, day=3)
    for _run in range(2):
        services.remind_of_rosters(now=soon)
    told = Message.objects.filter(subject__contains="to report")
    people = {school.registrar.email, school.second_registrar.email, school.admin.email}
    assert {one.to for one in told} == people and told.count() == len(people)
    assert "The first is due in 7 days" in told[0].body
    for _run in range(2):
        services.remind_of_rosters(now=late)
    assert told.all().count() == 2 * len(people)
    assert "is past the thirty days" in told.order_by("-pk")[0].body
    assert sorted(RosterNotice.objects.values_list("step", flat=True)) == ["due", "late"]


@pytest.mark.django_db
def test_what_was_sent_is_not_brought_to_mind_and_what_was_only_made_is(
    school: School, certificate: Certificate
) -> None:
    make(school.client(school.registrar))
    assert services.remind_of_rosters(now=NOW.replace(day=25)) == 1, "a file that lies here reports nothing"
    services.mark_sent(roster=Roster.objects.get(), reference="", by=school.registrar)
    assert services.remind_of_rosters(now=NOW.replace(month=4, day=3)) == 0


@pytest.mark.django_db
def test_two_bodies_with_one_number_make_one_line_and_two_numbers_two(school: School, certificate: Certificate) -> None:
    facts = certificate.facts
    florida = facts["education"]["approvals"][1]
    with insider() as sql:
        twice = {
            **facts["education"],
            "approvals": [florida, {**florida, "body": "Other"}, {**florida, "number": "77"}],
        }
        data = json.dumps({**facts, "education": twice}).replace("'", "''")
        sql(f"UPDATE certificates_certificate SET data = '{data}' WHERE id = {certificate.pk}")
    assert [one.line.course_number for one in to_report(school.school, profession="MA")] == ["1483-06", "77"]
    assert make(school.client(school.registrar)).status_code == 302
    roster = Roster.objects.get()
    services.mark_sent(roster=roster, reference="", by=school.registrar)
    services.note_replies(roster=roster, lines=[1], reply="accepted", words="", by=school.registrar)
    services.note_replies(roster=roster, lines=[2], reply="refused", words="No such course", by=school.registrar)
    assert [one.line.course_number for one in to_report(school.school, profession="MA")] == ["77"]


# ---------------------------------------------------------------- the database


@pytest.mark.django_db
def test_the_database_keeps_files_and_lines(school: School, certificate: Certificate) -> None:
    make(school.client(school.registrar))
    roster = Roster.objects.get()
    now = "'2026-11-29 00:00:00+00:00'"

    def refused(sql: str) -> bool:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)
                found = cursor.rowcount
                transaction.set_rollback(True)
        except DatabaseError:
            return True
        assert found, "the attack met no row"
        return False

    answer = f"reply_words = 'x', reply_by_id = {school.registrar.pk}, reply_at = {now}"
    again = (
        "INSERT INTO verification_rosterrow (roster_id, line, certificate_id, record_id, course_number, completed_on, "
        "stands, reply, reply_words) SELECT roster_id, 2, certificate_id, record_id, {}, completed_on, TRUE, '', '' "
        "FROM verification_rosterrow"
    )
    assert refused(again.format("course_number")), "nobody is reported twice"
    assert not refused(again.format("'other'"))
    assert refused("UPDATE verification_roster SET body = 'x'")
    assert refused("UPDATE verification_rosterrow SET stands = FALSE"), "while its file stands"
    assert refused(f"UPDATE verification_rosterrow SET reply = 'accepted', {answer}"), "before it was sent"
    services.mark_sent(roster=roster, reference="", by=school.registrar)
    assert refused("UPDATE verification_roster SET sent_at = NULL, sent_by_id = NULL")
    assert refused(f"UPDATE verification_roster SET dropped_at = {now}, dropped_by_id = {school.registrar.pk}")
    assert refused(f"UPDATE verification_rosterrow SET reply = 'refused', {answer}"), "refused, and yet it stands"
    assert not refused(f"UPDATE verification_rosterrow SET reply = 'refused', stands = FALSE, {answer}")
    services.note_replies(roster=roster, lines=[1], reply="accepted", words="", by=school.registrar)
    assert refused("UPDATE verification_rosterrow SET reply = 'refused', stands = FALSE")
    assert refused("DELETE FROM verification_rosterrow")
