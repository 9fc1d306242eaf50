"""Who keeps the records of a school: the role given and taken by screen, each change kept, never the last one taken."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import CustodyChange, Membership, Organisation, User
from accounts.selectors import custody_schools_of
from accounts.services import end_role, ensure_user, give_custody, grant_role, take_custody
from certification.certificates.selectors import today_at
from certification.certificates.services import plan_closing
from notices.models import Message
from tests.certificates.test_pages import text_of
from tests.layers import layer
from tests.worlds import School

pytestmark = pytest.mark.django_db
PAGE = "/desk/custodians/"


@layer
def keeper() -> User:
    """Somebody with an account."""
    return ensure_user(email="keeper@example.org", legal_name="Karin Keeper", password="a-long-password")


@layer
def heir() -> User:
    """Somebody else with one."""
    return ensure_user(email="heir@example.org", legal_name="Hedda Heir", password="a-long-password")


def close(school: School) -> None:
    plan_closing(
        school=school.school, last_day=today_at(school.school) - timedelta(days=1), custodian="An archive",
        contact="archive@example.org", by=school.admin, now=timezone.now(),
    )  # fmt: skip


def is_custodian(school: School, user: User) -> bool:
    return Membership.objects.filter(
        organisation=school.school, user=user, role="custodian", until__isnull=True
    ).exists()


def test_an_administrator_gives_the_role_and_takes_it_and_both_are_kept(school: School, keeper: User) -> None:
    client = school.client(school.admin)
    assert "Nobody yet" in text_of(client.get(PAGE))
    assert "Choose a custodian" in text_of(client.get("/desk/closing/"))
    given = client.post(PAGE, {"email": " Keeper@example.org "}, follow=True)
    assert "Karin Keeper keeps the records of Riverbend" in text_of(given) and "Given to Karin Keeper" in text_of(given)
    assert is_custodian(school, keeper)
    client.post(PAGE, {"email": "keeper@example.org"})
    assert CustodyChange.objects.count() == 1, "given once"
    assert "You keep the records" in Message.objects.get(key__startswith="custody:").subject
    assert school.client(keeper).get("/desk/custody/").status_code == 200
    taken = client.post(PAGE, {"take": str(keeper.uuid)}, follow=True)
    assert "Taken from Karin Keeper" in text_of(taken) and not is_custodian(school, keeper)
    assert school.client(keeper).get("/desk/custody/").status_code == 403
    client.post(PAGE, {"take": str(keeper.uuid)})
    changes = [(one.user, one.is_given, one.by) for one in CustodyChange.objects.order_by("pk")]
    assert changes == [(keeper, True, school.admin), (keeper, False, school.admin)]
    assert Message.objects.filter(key__startswith="custody:").count() == 2


@pytest.mark.parametrize(
    "written,words",
    [("", "Write the address"), ("keeper", "like name@example.org"), ("nobody@example.org", "sign up first")],
)
def test_what_is_wrong_stands_beside_the_field(school: School, written: str, words: str) -> None:
    page = school.client(school.admin).post(PAGE, {"email": written})
    assert page.status_code == 422 and words in text_of(page)
    assert written in page.content.decode() and not CustodyChange.objects.exists()


def test_a_closed_account_is_not_chosen(school: School, keeper: User) -> None:
    User.objects.filter(pk=keeper.pk).update(is_active=False)
    page = school.client(school.admin).post(PAGE, {"email": keeper.email})
    assert page.status_code == 422 and "Nobody logs in with this address" in text_of(page)
    keeper.refresh_from_db()
    with pytest.raises(ValidationError, match="account is closed"):
        give_custody(school=school.school, user=keeper, by=school.admin)


def test_nobody_chooses_herself_while_another_can(school: School) -> None:
    second = ensure_user(email="second@example.org", legal_name="Sandra Second", password="a-long-password")
    grant_role(user=second, organisation=school.school, role="admin")
    client = school.client(school.admin)
    page = client.post(PAGE, {"email": school.admin.email})
    assert page.status_code == 422 and "Nobody chooses herself" in text_of(page)
    end_role(user=second, organisation=school.school, role="admin")
    assert client.post(PAGE, {"email": school.admin.email}).status_code == 302
    assert is_custodian(school, school.admin)


def test_only_administrators_choose(school: School, keeper: User) -> None:
    grant_role(user=keeper, organisation=school.school, role="custodian")
    for person in (school.registrar, school.coordinator, school.instructor, school.foreign_registrar, keeper):
        client = school.client(person)
        assert client.get(PAGE).status_code == 404, "a custodian chooses nobody before it has closed"
        assert client.post(PAGE, {"email": "heir@example.org"}).status_code == 404
        for call in (give_custody, take_custody):
            with pytest.raises(ValidationError, match="choose its custodians"):
                call(school=school.school, user=keeper, by=person)
    assert school.client(school.admin).get(f"{PAGE}?school=hillside").status_code == 404
    assert not CustodyChange.objects.exists() and is_custodian(school, keeper)


def test_of_a_closed_school_its_custodian_hands_over_and_the_last_one_stays(
    school: School, keeper: User, heir: User
) -> None:
    give_custody(school=school.school, user=keeper, by=school.admin)
    close(school)
    assert school.client(school.admin).get(PAGE).status_code == 404, "her role has ended"
    client = school.client(keeper)
    page = text_of(client.get(PAGE))
    assert "The last one stays" in page and "End the role" not in page
    refused = client.post(PAGE, {"take": str(keeper.uuid)})
    assert refused.status_code == 422 and "Give the role to the next custodian first" in text_of(refused)
    assert client.post(PAGE, {"email": heir.email}).status_code == 302
    assert client.post(PAGE, {"take": str(keeper.uuid)})["Location"] == "/home/"
    assert is_custodian(school, heir) and not is_custodian(school, keeper)
    assert client.get(PAGE).status_code == 404


def test_a_school_that_closed_without_one_gets_one_by_who_was_administrator(school: School, keeper: User) -> None:
    close(school)
    client = school.client(school.admin)
    assert "no certificate can be sent again" in text_of(client.get("/desk/closing/"))
    said = client.post(PAGE, {"email": keeper.email}, follow=True)
    assert said.status_code == 200 and "keeps the records of" in said.content.decode(), "hers has ended with it"
    assert client.get(PAGE).status_code == 404
    assert is_custodian(school, keeper)
    assert not custody_schools_of(school.admin).exists()
    assert [one.pk for one in custody_schools_of(keeper)] == [school.school.pk]


def test_the_database_keeps_every_change(school: School, keeper: User, heir: User) -> None:
    insert = "INSERT INTO accounts_custodychange (school_id, user_id, is_given, by_id, at) VALUES (%s, %s, %s, %s, %s)"

    def attack(sql: str, *values: object, says: str) -> None:
        with pytest.raises(IntegrityError, match=says), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)

    row = (school.school.pk, keeper.pk)
    by = (school.admin.pk, timezone.now())
    attack(insert, *row, False, *by, says="who has no role loses none")
    give_custody(school=school.school, user=keeper, by=school.admin)
    attack(insert, *row, True, *by, says="who has the role is not given it")
    attack("UPDATE accounts_custodychange SET by_id = user_id", says="never changed")
    attack("DELETE FROM accounts_custodychange", says="never deleted")
    close(school)
    attack(insert, *row, False, *by, says="keeps a custodian")
    give_custody(school=school.school, user=heir, by=keeper)
    take_custody(school=school.school, user=keeper, by=heir)


def test_the_schools_are_read_with_one_query(school: School) -> None:
    with CaptureQueriesContext(connection) as seen:
        assert list(custody_schools_of(school.admin)) == [Organisation.objects.get(pk=school.school.pk)]
    assert len(seen) == 2, "one of the two is the test's own"
