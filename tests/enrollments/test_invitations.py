"""Invitations from the staff's form over the mail to the place, walked through their addresses."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.models import User
from courses.catalog.models import Program
from courses.enrollments.models import Cohort, Enrollment, Invitation
from courses.enrollments.services import accept_invitation, enroll, invite, withdraw_invitation
from notices.models import Message
from tests.worlds import School

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def invited(school: School, program: Program, clock: time_machine.Traveller) -> str:
    """The token of an invitation to Daniela's address."""
    _row, token = invite(program=program, email=school.learner_user.email, by=school.registrar)
    return token


def link_in(text: str) -> str:
    found = re.search(r"http\S+(/invitations/\S+/)", text)
    assert found, text
    return found[1]


def test_the_token_has_256_bits_is_stored_hashed_and_wiped_from_the_outbox(
    school: School, program: Program, invited: str, django_capture_on_commit_callbacks
) -> None:
    assert len(invited) >= 43
    row = Invitation.objects.get()
    assert invited not in str(vars(row))
    with django_capture_on_commit_callbacks(execute=True):
        _row, token = invite(program=program, email="new@example.org", by=school.registrar)
    assert f"/invitations/{token}/" in mail.outbox[-1].body
    assert mail.outbox[-1].to == ["new@example.org"]
    assert Message.objects.get(to="new@example.org").body == ""


def test_staff_invite_by_form_and_see_what_became_of_it(school: School, program: Program) -> None:
    cohort = Cohort.objects.create(program=program, name="Spring", starts_on=date(2026, 4, 1))
    desk = school.client(school.coordinator)
    answer = desk.post(
        "/desk/invitations/", {"program": program.pk, "cohort": cohort.pk, "email": " New@Example.org "}, follow=True
    )
    html = answer.content.decode()
    assert "The invitation is on its way to new@example.org." in html
    assert "Spring" in html
    row = Invitation.objects.get()
    assert (row.email, row.invited_by, row.cohort) == ("new@example.org", school.coordinator, cohort)
    assert "Spring" in Message.objects.get().body
    answer = desk.post(f"/desk/invitations/{row.uuid}/withdraw/", follow=True)
    assert "Withdrawn" in answer.content.decode()
    assert desk.post(f"/desk/invitations/{row.uuid}/withdraw/", follow=True).status_code == 200


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("", "Type the address to which the invitation goes."),
        ("nobody", "valid email"),
        ("a@b", "valid email"),
        ("x" * 250 + "@example.org", "at most 254"),
    ],
)
def test_a_wrong_address_is_said_beside_the_field_and_kept(
    school: School, program: Program, email: str, words: str
) -> None:
    answer = school.client(school.registrar).post("/desk/invitations/", {"program": program.pk, "email": email})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert words in html
    assert f'value="{email}"' in html or not email
    assert not Invitation.objects.exists()


def test_a_second_open_invitation_is_refused_until_the_first_ends(
    school: School, program: Program, invited: str, clock: time_machine.Traveller
) -> None:
    client = school.client(school.registrar)
    form = {"program": program.pk, "email": school.learner_user.email.upper()}
    answer = client.post("/desk/invitations/", form)
    assert "has an open invitation" in answer.content.decode()
    clock.shift(timedelta(days=31))
    client = school.client(school.registrar)
    assert client.post("/desk/invitations/", form).status_code == 302
    assert [row.state_at(datetime.now(UTC)) for row in Invitation.objects.order_by("pk")] == ["expired", "open"]


def test_who_is_enrolled_is_not_invited(school: School, program: Program) -> None:
    enroll(user=school.learner_user, program=program, source_key="a")
    with pytest.raises(ValidationError, match="enrolled in this program already"):
        invite(program=program, email=school.learner_user.email, by=school.registrar)


def test_who_may_invite(school: School, program: Program) -> None:
    for person, status in (
        (school.registrar, 200),
        (school.coordinator, 200),
        (school.admin, 200),
        (school.instructor, 403),
        (school.learner_user, 403),
    ):
        assert school.client(person).get("/desk/invitations/").status_code == status, person
    assert Client().get("/desk/invitations/").status_code == 302
    foreign = school.client(school.foreign_registrar)
    answer = foreign.post("/desk/invitations/", {"program": program.pk, "email": "x@example.org"})
    assert answer.status_code == 422
    assert not Invitation.objects.exists()
    with pytest.raises(ValidationError):
        invite(program=program, email="x@example.org", by=school.foreign_registrar)
    with pytest.raises(ValidationError):
        invite(program=program, email="x@example.org", by=school.instructor)


def test_another_schools_invitations_do_not_exist(school: School, program: Program, invited: str) -> None:
    row = Invitation.objects.get()
    foreign = school.client(school.foreign_registrar)
    assert school.learner_user.email not in foreign.get("/desk/invitations/").content.decode()
    assert foreign.post(f"/desk/invitations/{row.uuid}/withdraw/").status_code == 404
    assert school.client(school.learner_user).post(f"/desk/invitations/{row.uuid}/withdraw/").status_code == 404
    with pytest.raises(ValidationError):
        withdraw_invitation(invitation=row, by=school.foreign_registrar)
    row.refresh_from_db()
    assert row.withdrawn_at is None


def test_opening_the_link_changes_nothing_and_accepting_enrolls_once(
    school: School, program: Program, invited: str
) -> None:
    url = f"/invitations/{invited}/"
    client = school.client(school.learner_user)
    for _ in range(2):
        page = client.get(url)
        assert "A place is kept for you" in page.content.decode()
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page["Cache-Control"]
    assert not Enrollment.objects.exists()
    answer = client.post(url, follow=True)
    assert answer.redirect_chain == [("/learn/", 302)]
    assert "You have your place in “A small program”." in answer.content.decode()
    # The Back button, and a second click.
    assert client.post(url).status_code == 302
    assert "You have this place" in client.get(url).content.decode()
    assert Enrollment.objects.count() == 1
    row = Invitation.objects.get()
    assert row.accepted_by == school.learner_user
    assert Enrollment.objects.get().source_key == f"invitation:{row.uuid}"
    with pytest.raises(ValidationError, match="has her place"):
        withdraw_invitation(invitation=row, by=school.registrar)


def test_the_link_alone_is_not_enough(school: School, invited: str) -> None:
    url = f"/invitations/{invited}/"
    other = school.client(school.other_learner_user)
    assert "Another address was invited" in other.get(url).content.decode()
    answer = other.post(url)
    assert answer.status_code == 409
    assert "not one of your confirmed addresses" in answer.content.decode()
    # An address that is not confirmed yet is nobody's.
    EmailAddress.objects.filter(user=school.learner_user).update(verified=False)
    assert school.client(school.learner_user).post(url).status_code == 409
    assert not Enrollment.objects.exists()


def test_a_second_confirmed_address_serves(school: School, invited: str) -> None:
    EmailAddress.objects.filter(user=school.learner_user).delete()
    user = school.other_learner_user
    EmailAddress.objects.create(user=user, email=school.learner_user.email.upper(), verified=True)
    assert school.client(user).post(f"/invitations/{invited}/").status_code == 302
    assert Enrollment.objects.get().learner.user == user


def test_closed_invitations_say_so(school: School, program: Program, invited: str, clock) -> None:
    url = f"/invitations/{invited}/"
    client = school.client(school.learner_user)
    with transaction.atomic():
        withdraw_invitation(invitation=Invitation.objects.get(), by=school.registrar)
        assert "withdrawn" in client.get(url).content.decode()
        assert "withdrawn" in client.post(url).content.decode()
        transaction.set_rollback(True)
    clock.shift(timedelta(days=30, seconds=1))
    client = school.client(school.learner_user)
    assert "could be taken until" in client.get(url).content.decode()
    assert "has expired" in client.post(url).content.decode()
    assert not Enrollment.objects.exists()


def test_a_spent_invitation_serves_nobody_else(school: School, invited: str) -> None:
    accept_invitation(token=invited, user=school.learner_user)
    EmailAddress.objects.create(user=school.other_learner_user, email="other@example.org", verified=True)
    other = school.client(school.other_learner_user)
    assert "Its place was taken" in other.get(f"/invitations/{invited}/").content.decode()
    assert "another account" in other.post(f"/invitations/{invited}/").content.decode()
    assert Enrollment.objects.count() == 1


def test_unknown_links_are_not_found(school: School, invited: str) -> None:
    for token in ("x", invited[:-1], invited + "A", "%00", "é" * 20, "a" * 3000):
        assert school.client(school.learner_user).get(f"/invitations/{token}/").status_code == 404
        assert Client().post(f"/invitations/{token}/").status_code == 404
    with pytest.raises(ValidationError, match="No invitation"):
        accept_invitation(token="x", user=school.learner_user)


def test_a_newcomer_signs_up_from_the_link_and_comes_back_to_it(
    school: School, program: Program, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        invite(program=program, email="newcomer@example.org", by=school.registrar)
    url = link_in(mail.outbox[-1].body)
    browser = Client()
    html = browser.get(url).content.decode()
    assert browser.post(url).url == f"/accounts/login/?next={url.replace('/', '%2F')}"
    signup = re.search(r'href="(/accounts/signup/[^"]+)"', html)[1].replace("&amp;", "&")
    form = browser.get(signup).content.decode()
    assert 'value="newcomer@example.org"' in form
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post(
            signup,
            {
                "legal_name": "Nora Newcomer",
                "email": "newcomer@example.org",
                "password1": "a-long-enough-password",
                "next": url,
            },
        )
    assert answer.status_code == 302, answer.content.decode()
    code = re.search(r"^\s+([A-Z0-9-]{6,})\s*$", mail.outbox[-1].body, re.M)[1]
    answer = browser.post(answer.url, {"code": code})
    assert (answer.status_code, answer.url) == (302, url)
    assert "A place is kept for you" in browser.get(url).content.decode()
    assert browser.post(url).url == "/learn/"
    assert Enrollment.objects.get().learner.user == User.objects.get(email="newcomer@example.org")


def test_the_database_keeps_one_open_invitation_and_one_fate(school: School, program: Program, invited: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO enrollments_invitation (uuid, program_id, email, token_hash, invited_by_id, created_at, "
            "expires_at) SELECT '11111111111141118111111111111111', program_id, UPPER(email), 'x', invited_by_id, "
            "created_at, expires_at FROM enrollments_invitation"
        )
    for change in (
        "accepted_at = created_at",
        f"accepted_by_id = {school.learner_user.pk}",
        f"accepted_at = created_at, accepted_by_id = {school.learner_user.pk}, withdrawn_at = created_at",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE enrollments_invitation SET {change}")


def test_how_to_enroll_is_open_to_everybody(school: School, program: Program) -> None:
    url = f"/enroll/{program.uuid}/"
    html = Client().get(url).content.decode()
    assert "How to enroll" in html
    assert f"next=%2Fenroll%2F{program.uuid}%2F" in html
    enroll(user=school.learner_user, program=program, source_key="a")
    assert "You are enrolled in this program." in school.client(school.learner_user).get(url).content.decode()
    Program.objects.update(is_open=False)
    assert "takes no new learners" in Client().get(url).content.decode()
    assert Client().get("/enroll/00000000-0000-4000-8000-000000000000/").status_code == 404
    with pytest.raises(ValidationError, match="no new learners"):
        invite(program=Program.objects.get(), email="x@example.org", by=school.registrar)
