"""Questions put into SQL once give what their querysets give, in every thread, and refuse what does not fit."""

from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import F, QuerySet

from accounts.models import Membership, User
from accounts.prepared import Prepared
from tests.worlds import School


def _people(place: int, name: str) -> QuerySet[User]:
    return User.objects.filter(memberships__organisation=place).exclude(legal_name=name).order_by("pk")


def _places(user: int, uuid: UUID) -> QuerySet[Membership]:
    held = Membership.objects.filter(user=user, organisation__uuid=uuid)
    return held.select_related("organisation").annotate(called=F("user__legal_name"))


def _names(first: int, second: int) -> QuerySet[User, Any]:
    names = User.objects.values_list("uuid", "legal_name")
    return names.filter(pk=first).union(names.filter(pk=second), all=True)


def test_it_gives_what_the_queryset_gives_for_each_value(school: School) -> None:
    people = Prepared(_people, place=int, name=str)
    anybody = User.objects.filter(memberships__organisation=school.school).first()
    assert anybody
    for place in (school.school.pk, school.other_school.pk, 0):
        for name in ("", anybody.legal_name, "O’Neil; --"):
            assert people(place=place, name=name) == list(_people(place, name))
    assert anybody in people(place=school.school.pk, name="")
    assert anybody not in people(place=school.school.pk, name=anybody.legal_name)


def test_what_stands_beside_and_what_was_annotated_come_in_one_query(
    school: School, django_assert_num_queries: Any
) -> None:
    places = Prepared(_places, user=int, uuid=UUID)
    held = Membership.objects.select_related("organisation", "user").first()
    assert held
    wanted = {"user": held.user_id, "uuid": held.organisation.uuid}
    places(**wanted)
    with django_assert_num_queries(1):
        found = places(**wanted)
        assert [(one.organisation.name, one.called, one.until) for one in found] == [
            (held.organisation.name, held.user.legal_name, None)
        ]
    assert places(user=held.user_id, uuid=uuid4()) == []


def test_lists_of_values_and_unions_come_as_tuples(school: School) -> None:
    names = Prepared(_names, first=int, second=int)
    one, two = User.objects.order_by("pk")[:2]
    found = names(first=two.pk, second=one.pk)
    assert found == [(two.uuid, two.legal_name), (one.uuid, one.legal_name)] == list(_names(two.pk, one.pk))


def test_what_changed_is_seen(school: School) -> None:
    people = Prepared(_people, place=int, name=str)
    before = len(people(place=school.school.pk, name=""))
    made = User.objects.create_user(email="new@riverbend.test", legal_name="New One")
    Membership.objects.create(user=made, organisation=school.school, role="instructor")
    assert len(people(place=school.school.pk, name="")) == before + 1


def test_a_value_of_another_kind_and_a_missing_one_are_refused(school: School) -> None:
    people = Prepared(_people, place=int, name=str)
    with pytest.raises(TypeError, match="place is not int"):
        people(place="1", name="")
    with pytest.raises(TypeError, match="name is not str"):
        people(place=1, name=None)
    with pytest.raises(KeyError, match="name"):
        people(place=1)


def test_a_queryset_that_leaves_a_value_out_is_refused(school: School) -> None:
    """Or one learner would be given what was asked for another."""
    everybody = Prepared(lambda place: User.objects.all(), place=int)
    with pytest.raises(ValueError, match="asks nothing by place"):
        everybody(place=1)


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_by_its_own_connection() -> None:
    people = Prepared(_people, place=int, name=str)
    assert people(place=1, name="") == []
    seen: list[Any] = []

    def ask() -> None:
        try:
            seen.append((people(place=1, name=""), people._kept["default"].compiler.connection is connection))
        finally:
            connection.close()

    thread = Thread(target=ask)
    thread.start()
    thread.join()
    assert seen == [([], False)]
