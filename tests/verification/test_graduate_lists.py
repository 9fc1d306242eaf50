"""Lists of graduates for boards: who stands in one and who not, the file, and that each graduate sees it."""

import csv
import hashlib
import io
import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from accounts.models import Organisation, User
from accounts.services import ensure_organisation
from certification.certificates.models import Certificate
from certification.certificates.services import revoke_certificate
from certification.verification import services
from certification.verification.graduates import HEADER
from certification.verification.models import GraduateLine, GraduateList
from tests.worlds import School

pytestmark = pytest.mark.django_db


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture(autouse=True)
def board(db: None) -> Organisation:
    return ensure_organisation(kind="board", slug="florida-board", name="Florida Board")


def filled(certificate: Certificate, **fields: Any) -> dict[str, Any]:
    day = certificate.issued_on.isoformat()
    given = {"board": "florida board", "ground": "F.A.C. 64B7-32.002", "from_on": day, "to_on": day}
    return {**given, "key": str(uuid4()), **fields}


def test_a_list_is_made_taken_and_sent(school: School, certificate: Certificate) -> None:
    desk = school.client(school.registrar)
    assert "No list yet" in text_of(desk.get("/desk/graduates/"))
    given = filled(certificate)
    for _click in range(2):
        assert desk.post("/desk/graduates/", given).status_code == 302
    made = GraduateList.objects.get()
    file = desk.get(f"/desk/graduates/{made.uuid}/graduates.csv")
    assert hashlib.sha256(file.content).hexdigest() == made.sha256, "the file that was made is the file that is taken"
    header, row = list(csv.reader(io.StringIO(file.content.decode())))
    facts = certificate.facts
    assert tuple(header) == HEADER
    assert row == [
        "Daniela Reyes", facts["enrollment"]["title"], facts["school"]["name"], facts["school"]["address"],
        facts["enrollment"]["started_on"], facts["enrollment"]["last_day_on"],
        str(facts["totals"]["total"]["counted"] // 60), str(facts["totals"]["total"]["counted"] % 60),
        certificate.code, facts["issue"]["issued_on"],
    ]  # fmt: skip
    at = f"/desk/graduates/{made.uuid}/"
    unsaid = desk.post(at, {"step": "sent"})
    assert unsaid.status_code == 422 and "Choose how it went" in text_of(unsaid)
    for _click in range(2):
        assert desk.post(at, {"step": "sent", "way": "portal", "reference": "FL-9"}).status_code == 302
    page = text_of(desk.get(at))
    assert "FL-9" in page and "Upload on their website" in page
    desk.post(at, {"step": "drop"})
    made.refresh_from_db()
    assert made.dropped_at is None, "what was sent stays as it went"
    hers = school.client(certificate.record.learner.user)
    log = text_of(hers.get(f"/certificates/{certificate.code}/share/looks/"))
    assert "Florida Board" in log and "F.A.C. 64B7-32.002" in log and "Sent on" in log


def test_who_hides_her_code_stands_in_no_list(school: School, certificate: Certificate) -> None:
    her = certificate.record.learner.user
    assert her
    services.set_hidden(certificate=certificate, by=her, hidden=True)
    desk = school.client(school.registrar)
    page = desk.post("/desk/graduates/", filled(certificate))
    assert page.status_code == 422 and "No certificate that can be listed" in text_of(page)
    assert "Left out" in text_of(desk.get("/desk/graduates/")), "the school sees whom a list would not name"
    services.set_hidden(certificate=certificate, by=her, hidden=False)
    assert desk.post("/desk/graduates/", filled(certificate)).status_code == 302


def test_what_was_revoked_is_not_listed_and_a_list_of_before_stays(school: School, certificate: Certificate) -> None:
    desk = school.client(school.registrar)
    desk.post("/desk/graduates/", filled(certificate))
    made = GraduateList.objects.get()
    revoke_certificate(certificate=certificate, by=school.registrar, reason="order", on=certificate.today())
    assert desk.post("/desk/graduates/", filled(certificate)).status_code == 422
    file = desk.get(f"/desk/graduates/{made.uuid}/graduates.csv")
    assert hashlib.sha256(file.content).hexdigest() == made.sha256
    told = text_of(desk.get(f"/desk/certificates/told/{certificate.code}/"))
    assert "Lists of graduates that name it" in told and "Florida Board" in told


def test_whose_account_is_gone_stands_in_no_new_list(school: School, certificate: Certificate) -> None:
    User.objects.filter(pk=school.learner_user.pk).update(is_active=False)
    page = school.client(school.registrar).post("/desk/graduates/", filled(certificate))
    assert page.status_code == 422 and "No certificate that can be listed" in text_of(page)


def test_a_dropped_list_says_so_in_the_log_and_its_file_is_gone(school: School, certificate: Certificate) -> None:
    desk = school.client(school.registrar)
    desk.post("/desk/graduates/", filled(certificate))
    made = GraduateList.objects.get()
    for _click in range(2):
        assert desk.post(f"/desk/graduates/{made.uuid}/", {"step": "drop"}).status_code == 302
    hers = school.client(certificate.record.learner.user)
    assert "Put away unsent" in text_of(hers.get(f"/certificates/{certificate.code}/share/looks/"))
    assert desk.get(f"/desk/graduates/{made.uuid}/graduates.csv").status_code == 404
    with pytest.raises(ValidationError, match="was dropped"):
        services.mark_list_sent(graduates=made, way="post", reference="", by=school.registrar)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"board": " "}, "Name the board"),
        ({"board": "Somebody Inc"}, "No board on file"),
        ({"board": "riverbend"}, "No board on file"),
        ({"ground": ""}, "Say by what law"),
        ({"from_on": "no"}, "Write the day as"),
        ({"to_on": "2020-01-01"}, "The last day comes before the first"),
        ({"to_on": "2999-01-01"}, "That day has not come"),
    ],
)
def test_what_is_refused_says_what_to_do(
    school: School, certificate: Certificate, change: dict[str, str], said: str
) -> None:
    page = school.client(school.registrar).post("/desk/graduates/", filled(certificate, **change))
    assert page.status_code == 422 and said in text_of(page)
    assert not GraduateList.objects.exists()


def test_another_school_lists_nobody_of_this(school: School, certificate: Certificate, board: Organisation) -> None:
    day = certificate.issued_on
    with pytest.raises(ValidationError, match="Only who signs"):
        services.make_graduate_list(
            uuid=uuid4(), school=certificate.school, board=board, ground="L", from_on=day, to_on=day,
            by=certificate.record.learner.user,  # type: ignore[arg-type]
        )  # fmt: skip
    college = ensure_organisation(kind="verifier", slug="college", name="College")
    with pytest.raises(ValidationError, match="Only a board on file"):
        services.make_graduate_list(
            uuid=uuid4(), school=certificate.school, board=college, ground="L", from_on=day, to_on=day,
            by=school.registrar,
        )  # fmt: skip


def test_the_database_holds_it(school: School, certificate: Certificate) -> None:
    school.client(school.registrar).post("/desk/graduates/", filled(certificate))
    attacks = [
        f"UPDATE verification_graduatelist SET {change}"
        for change in ("receiver = 'x'", "ground = ''", "hidden = 9", "sha256 = 'x'", "number = 7")
    ]
    attacks += ["UPDATE verification_graduateline SET line = 9", "DELETE FROM verification_graduateline"]
    made = GraduateList.objects.get()
    services.mark_list_sent(graduates=made, way="post", reference="", by=school.registrar)
    attacks.append("UPDATE verification_graduatelist SET sent_at = NULL, sent_by_id = NULL, way = ''")
    for attack in attacks:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attack)
    with pytest.raises(DatabaseError, match="has not gone"), transaction.atomic():
        GraduateLine.objects.create(list=made, line=2, certificate=certificate)
    assert made.lines.get().certificate_id == certificate.pk
