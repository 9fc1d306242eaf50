"""A board reads one record by case: asked, answered by the school, every look written down, taken back; and by raw SQL."""

import io
import re
import zipfile
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.services import ensure_organisation, ensure_user, grant_role
from certification.certificates.models import Certificate
from certification.records.models import TrainingRecord
from certification.records.services import erase_words
from certification.verification import services
from certification.verification.models import Case, CaseAnswer, CaseLook
from certification.verification.selectors import cases_about, cases_to, state_of_case, today_of_school
from notices.models import Message
from tests.certificates.making import issued
from tests.worlds import School

pytestmark = pytest.mark.django_db
ASKED = {"number": "2026-114", "person": "Daniela Reyes, MA 81234", "ground": "O.C.G.A. 43-24A-7"}


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def board(db: None) -> Organisation:
    return ensure_organisation(kind="board", slug="board", name="State Board")


@pytest.fixture
def clerk(board: Organisation) -> User:
    clerk = ensure_user(email="clerk@board.example", legal_name="Clara Clerk")
    grant_role(user=clerk, organisation=board, role="board")
    return clerk


@pytest.fixture
def case(school: School, board: Organisation, clerk: User) -> Case:
    return services.open_case(uuid=uuid4(), organisation=board, school=school.school, by=clerk, **ASKED)


@pytest.fixture
def certificate(school: School, ready: TrainingRecord) -> Certificate:
    return issued(school, ready)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user.pk), backend="accounts.backends.EmailBackend")
    return client


def opened(school: School, case: Case, record: TrainingRecord, days: int = 30) -> CaseAnswer:
    until = today_of_school(school.school) + timedelta(days=days)
    return services.answer_case(case=case, record=record, until_on=until, by=school.registrar)


def test_a_board_asks_and_reads_what_the_school_opened(
    school: School, board: Organisation, clerk: User, certificate: Certificate
) -> None:
    hers, key = client_of(clerk), str(uuid4())
    for _click in range(2):
        assert hers.post("/checks/cases/", {**ASKED, "school": school.school.slug, "key": key}).status_code == 302
    case = Case.objects.get()
    told = {one.to for one in Message.objects.filter(subject__contains="asks for a record")}
    assert told == {school.registrar.email, school.second_registrar.email, school.admin.email}
    assert "Waits for the school" in text_of(hers.get(f"/checks/cases/{case.uuid}/"))
    for shut in ("record/", "evidence.zip"):
        assert "Nothing is open under this case" in text_of(hers.post(f"/checks/cases/{case.uuid}/{shut}", follow=True))

    desk = school.client(school.registrar)
    assert "2026-114" in text_of(desk.get("/desk/cases/"))
    answer = f"/desk/cases/{case.uuid}/"
    assert "O.C.G.A. 43-24A-7" in text_of(desk.get(answer))
    assert "No record of the school fits" in text_of(desk.get(answer, {"q": "Nobody Such"}))
    for query in ("Daniela", certificate.code):
        assert str(certificate.record.uuid) in desk.get(answer, {"q": query}).content.decode()
    day = (today_of_school(school.school) + timedelta(days=30)).isoformat()
    sent = {"record": str(certificate.record.uuid), "until_on": day}
    assert desk.post(answer, sent).status_code == 422, "only a record that was found can be chosen"
    for _click in range(2):
        assert desk.post(f"{answer}?q=Daniela", sent).status_code == 302
    assert "has opened a record to you" in Message.objects.get(to=clerk.email).body

    shown = text_of(hers.post(f"/checks/cases/{case.uuid}/record/"))
    for piece in ("Daniela Reyes", certificate.code, "Dr. Raman", "Riverside Clinic", "small-sample@1"):
        assert piece in shown, piece
    assert "daniela@example.org" not in shown
    bundle = hers.post(f"/checks/cases/{case.uuid}/evidence.zip")
    assert zipfile.ZipFile(io.BytesIO(bundle.content)).testzip() is None
    assert [look.face for look in CaseLook.objects.order_by("pk")] == ["page", "evidence"]
    looks = text_of(desk.get(answer))
    assert "Clara Clerk" in looks and "Downloaded the evidence" in looks and "Read the lines" in looks
    hers = text_of(client_of(school.learner_user).get(f"/certificates/{certificate.code}/share/looks/"))
    for piece in ("State Board, 2026-114", "O.C.G.A. 43-24A-7", "every line of your record", "with all its evidence"):
        assert piece in hers, piece
    assert "Clara Clerk" not in hers, "the board is named, not its clerk"
    assert [one.looked for one in cases_about(certificate.record)] == [2]  # type: ignore[attr-defined]


def test_a_get_opens_nothing_and_writes_nothing(
    school: School, case: Case, clerk: User, certificate: Certificate
) -> None:
    opened(school, case, certificate.record)
    for path in ("record/", "evidence.zip"):
        opened_by_get = client_of(clerk).get(f"/checks/cases/{case.uuid}/{path}")
        assert (opened_by_get.status_code, opened_by_get["Location"]) == (302, f"/checks/cases/{case.uuid}/")
    assert client_of(clerk).get(f"/checks/cases/{case.uuid}/close/").status_code == 302
    case.refresh_from_db()
    assert case.closed_at is None
    assert not CaseLook.objects.exists()


def test_the_school_says_why_nothing_is_opened(school: School, case: Case, clerk: User) -> None:
    desk = school.client(school.registrar)
    silent = desk.post(f"/desk/cases/{case.uuid}/", {"words": " "})
    assert silent.status_code == 422 and "Choose a record to open, or say why none is" in text_of(silent)
    assert desk.post(f"/desk/cases/{case.uuid}/", {"words": "We have no such person."}).status_code == 302
    assert "We have no such person." in text_of(client_of(clerk).get(f"/checks/cases/{case.uuid}/"))
    assert "We have no such person." in Message.objects.get(to=clerk.email).body
    assert client_of(clerk).post(f"/checks/cases/{case.uuid}/record/").status_code == 302


@pytest.mark.parametrize("field", ["school", "number", "person", "ground"])
def test_a_case_without_it_is_refused_and_keeps_what_was_typed(school: School, clerk: User, field: str) -> None:
    sent = {**ASKED, "school": school.school.slug, field: "", "key": str(uuid4())}
    page = client_of(clerk).post("/checks/cases/", sent)
    assert page.status_code == 422
    assert all(value in page.content.decode() for name, value in ASKED.items() if name != field)
    assert not Case.objects.exists()


@pytest.mark.parametrize("school_asked", ["nowhere", "river\x00bend"])
def test_no_school_of_that_name_is_a_sentence(school: School, clerk: User, school_asked: str) -> None:
    page = client_of(clerk).post("/checks/cases/", {**ASKED, "school": school_asked, "key": str(uuid4())})
    assert page.status_code == 422 and "Choose the school." in text_of(page)


@pytest.mark.parametrize(("days", "word"), [(-1, "today or a later day"), (400, "At most a year")])
def test_no_day_that_is_over_and_none_beyond_a_year(
    school: School, case: Case, certificate: Certificate, days: int, word: str
) -> None:
    with pytest.raises(ValidationError, match=word):
        opened(school, case, certificate.record, days)


def test_access_ends_with_its_day_when_it_is_taken_back_and_when_the_board_closes(
    school: School, board: Organisation, clerk: User, certificate: Certificate
) -> None:
    hers = client_of(clerk)

    def fresh() -> Case:
        made = services.open_case(uuid=uuid4(), organisation=board, school=school.school, by=clerk, **ASKED)
        opened(school, made, certificate.record)
        assert hers.post(f"/checks/cases/{made.uuid}/record/").status_code == 200
        return made

    over = fresh()
    assert "Opens until" in text_of(hers.get(f"/checks/cases/{over.uuid}/"))
    with time_machine.travel(timezone.now() + timedelta(days=32), tick=False):
        assert state_of_case(Case.objects.get(pk=over.pk)) == "ended"
        assert client_of(clerk).post(f"/checks/cases/{over.uuid}/record/").status_code == 302
        assert "Opened until" in text_of(client_of(clerk).get(f"/checks/cases/{over.uuid}/"))
    taken = fresh()
    for _click in range(2):
        assert school.client(school.registrar).post(f"/desk/cases/{taken.uuid}/", {"step": "end"}).status_code == 302
    assert hers.post(f"/checks/cases/{taken.uuid}/record/").status_code == 302
    assert "Ended" in text_of(hers.get(f"/checks/cases/{taken.uuid}/"))
    closed = fresh()
    for _click in range(2):
        assert hers.post(f"/checks/cases/{closed.uuid}/close/").status_code == 302
    assert hers.post(f"/checks/cases/{closed.uuid}/evidence.zip").status_code == 302
    stopped = fresh()
    platform = ensure_user(email="platform@example.org", legal_name="Pia Platform", superuser=True)
    services.stop_checking(organisation=board, words="Guessing.", by=platform)
    assert hers.post(f"/checks/cases/{stopped.uuid}/record/").status_code == 302
    assert "Guessing." in text_of(hers.get(f"/checks/cases/{stopped.uuid}/")), "the board reads why"
    assert CaseLook.objects.count() == 4, "what opens nothing is no look"
    with pytest.raises(ValidationError, match="nothing for now"):
        fresh()


def test_nobody_else_asks_answers_or_reads(
    school: School, case: Case, clerk: User, certificate: Certificate, ready: TrainingRecord
) -> None:
    other = ensure_organisation(kind="board", slug="other", name="Other Board")
    foreign = ensure_user(email="foreign@other.example", legal_name="Fern Foreign")
    grant_role(user=foreign, organisation=other, role="board")
    employer = ensure_organisation(kind="verifier", slug="employer", name="Employer")
    verifier = ensure_user(email="v@employer.example", legal_name="Vera Verifier")
    grant_role(user=verifier, organisation=employer, role="verifier")
    opened(school, case, certificate.record)
    for who in (foreign, verifier, school.learner_user, school.instructor, school.coordinator):
        client = client_of(who)
        assert client.get(f"/checks/cases/{case.uuid}/").status_code == 404
        assert client.post(f"/checks/cases/{case.uuid}/record/").status_code == 404
        assert client.get(f"/desk/cases/{case.uuid}/").status_code == 404
    assert client_of(verifier).get("/checks/cases/").status_code == 403
    for service in (
        lambda: services.open_case(uuid=uuid4(), organisation=employer, school=school.school, by=verifier, **ASKED),
        lambda: services.open_case(
            uuid=uuid4(), organisation=case.organisation, school=school.school, by=foreign, **ASKED
        ),
    ):
        with pytest.raises(ValidationError, match="Only a board"):
            service()
    again = services.open_case(
        uuid=uuid4(), organisation=case.organisation, school=school.other_school, by=clerk, **ASKED
    )
    with pytest.raises(ValidationError, match="Only who signs"):
        services.answer_case(case=again, record=None, words="x", by=school.registrar)
    grant_role(user=school.registrar, organisation=school.other_school, role="registrar")
    with pytest.raises(ValidationError, match="of another school"):
        services.answer_case(
            case=again, record=certificate.record, until_on=today_of_school(school.school), by=school.registrar
        )
    with pytest.raises(ValidationError, match="answered otherwise"):
        services.answer_case(case=case, words="No.", by=school.registrar)
    assert not CaseLook.objects.exists()


def test_the_lists_take_one_query(
    school: School, case: Case, certificate: Certificate, django_assert_num_queries: Any
) -> None:
    opened(school, case, certificate.record)
    with django_assert_num_queries(1):
        assert [state_of_case(one) for one in cases_to([school.school])] == ["open"]


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


def test_the_database_keeps_cases_answers_and_looks(
    school: School, board: Organisation, case: Case, clerk: User, certificate: Certificate
) -> None:
    now = "'2034-01-01 00:00:00+00:00'"
    look = f"INSERT INTO verification_caselook (case_id, by_id, at, face) VALUES ({case.pk}, {clerk.pk}, {now}, 'page')"
    assert refused(look), "nothing is open"
    elsewhere = services.open_case(uuid=uuid4(), organisation=board, school=school.other_school, by=clerk, **ASKED)
    assert refused(
        "INSERT INTO verification_caseanswer (case_id, record_id, until_on, words, by_id, at) "
        f"VALUES ({elsewhere.pk}, {certificate.record_id}, '2034-01-01', '', {school.registrar.pk}, {now})"
    ), "a record of a school that was not asked"
    opened(school, case, certificate.record)
    assert not refused(look)
    assert refused("UPDATE verification_caseanswer SET until_on = '2099-01-01'")
    assert refused("UPDATE verification_case SET ground = 'x'")
    erase = f"UPDATE verification_case SET person = '', erased_at = {now} WHERE id = {case.pk}"
    assert refused(erase), "no ground"
    services.note_case_look(case=Case.objects.get(pk=case.pk), face="page", by=clerk)
    assert refused("DELETE FROM verification_caselook")
    services.end_access(case=case, by=school.registrar)
    assert refused(look), "it was taken back"
    assert refused("UPDATE verification_caseanswer SET ended_at = NULL, ended_by_id = NULL")
    assert services.case_words_behind(record=certificate.record) == 1
    erase_words(record=certificate.record, basis="asked")
    assert not refused(erase)
    assert refused(erase.replace("person = ''", "person = '', number = 'x'"))
    assert services.erase_case_words(record=certificate.record) == 1
    assert list(Case.objects.order_by("pk").values_list("person", flat=True)) == ["", ASKED["person"]]
