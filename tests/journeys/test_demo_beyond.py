"""What the demo shows beside its main program, through URLs: continuing education, the look, a school that has closed."""

import re

import pytest
from django.core import mail
from django.test import Client

from accounts.models import SchoolClosing, User
from certification.certificates.models import Certificate
from certification.quizzes.models import QuestionVersion
from certification.verification.audit import audit
from cms.demo import PASSWORD, Demo, load
from cms.demo_beyond import Beyond, load_beyond
from tests.certificates.test_pages import text_of
from tests.layers import layer
from tests.worlds import demo

__all__ = ["demo"]
pytestmark = pytest.mark.django_db


@layer
def beyond(demo: Demo) -> Beyond:
    """Loaded beside the demo school."""
    return load_beyond(demo)


def logged_in(user: User) -> Client:
    client = Client()
    assert client.login(email=user.email, password=PASSWORD)
    return client


def test_a_therapist_has_a_certificate_of_continuing_education(beyond: Beyond) -> None:
    certificate = beyond.continuing
    page = text_of(logged_in(beyond.people["therapist"]).get(f"/certificates/{certificate.code}/"))
    assert "Ethics at the treatment table" in page
    assert certificate.facts["education"]["minutes"] == 300
    assert [one["body"] for one in certificate.facts["education"]["approvals"]] == [
        "NCBTMB",
        "Florida Board of Massage Therapy",
    ]
    assert certificate.documents.filter(format="pdf").exists()
    assert "Valid" in text_of(Client().get(f"/verify/{certificate.code}"))


def test_no_name_of_a_part_that_browsers_read_speaks_of_the_answer(demo: Demo) -> None:
    versions = QuestionVersion.objects.filter(question__bank__school=demo.school)
    assert {"cloze", "hotspot", "labelling", "matching"} <= set(versions.values_list("kind", flat=True))
    for version in versions:
        # A gap's own name stands in its text; the names of all that is shuffled are these.
        named = [*version.type.names(version.parsed), *re.findall(r"\[\[(.*?)\]\]", version.content.get("text", ""))]
        telling = [name for name in named if not re.fullmatch(r"k?[0-9a-f]{8,12}|true|false", name)]
        assert not telling, (version.question.code, telling)


def test_the_school_can_report_her_to_ce_broker(demo: Demo, beyond: Beyond) -> None:
    page = text_of(logged_in(demo.people["registrar"]).get("/desk/rosters/"))
    assert beyond.people["therapist"].legal_name in page
    assert "1 completion can be reported" in page
    assert "is no number" not in page


def test_every_document_has_the_look_of_the_school(demo: Demo, beyond: Beyond) -> None:
    for certificate in (demo.certificate, beyond.continuing):
        look = certificate.facts["look"]
        assert look["accent"] == "#14545c" and look["seal"] == "drawn" and look["logo"]


def test_a_school_has_closed_and_its_custodian_reads_and_nobody_writes(beyond: Beyond) -> None:
    code = beyond.kept.code
    keeper = logged_in(beyond.people["custodian"])
    assert beyond.people["alumna"].legal_name in text_of(keeper.get("/desk/custody/"))
    assert keeper.get(f"/desk/custody/{code}/").status_code == 200
    assert "Given to" in text_of(keeper.get("/desk/custodians/"))
    history = text_of(keeper.get("/desk/closing/"))
    assert "The school has closed" in history and "Last day planned" in history
    assert logged_in(beyond.people["office"]).get("/desk/").status_code == 403
    assert "Valid" in text_of(Client().get(f"/verify/{code}"))
    assert code in logged_in(beyond.people["alumna"]).get("/certificates/").content.decode()
    assert audit().holds


def test_it_is_safe_to_repeat(demo: Demo, beyond: Beyond) -> None:
    certificates = Certificate.objects.count()
    again = load_beyond(load())
    assert (again.continuing, again.kept) == (beyond.continuing, beyond.kept)
    assert Certificate.objects.count() == certificates and SchoolClosing.objects.count() == 1
    assert not mail.outbox


def test_a_school_that_has_closed_stands_behind_nothing_on_its_last_day(beyond: Beyond) -> None:
    """The demo closes it on the day on which it is loaded: the row counts, not midnight."""
    said = text_of(Client().get(f"/verify/{beyond.kept.code}"))
    assert "issued it before it closed" in said and "stands behind" not in said
    assert "Coastal Archive of School Records" in said
