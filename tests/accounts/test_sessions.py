"""The session store and the way to log in keep Django's promises: ended, expired, forged and closed ones open nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.sessions import SessionStore
from tests.worlds import School

pytestmark = pytest.mark.django_db
HOME = "/learn/"


@pytest.fixture
def signed_in(school: School) -> Client:
    client = Client()
    client.force_login(school.learner_user, backend="accounts.backends.EmailBackend")
    assert client.get(HOME).status_code == 200
    return client


def turned_away(client: Client) -> bool:
    answer = client.get(HOME)
    return answer.status_code == 302 and "/accounts/login/" in answer["Location"]


def test_an_expired_session_opens_nothing(signed_in: Client) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert turned_away(signed_in)


def test_an_ended_session_opens_nothing(signed_in: Client) -> None:
    key = signed_in.cookies["sessionid"].value
    signed_in.logout()
    signed_in.cookies["sessionid"] = key
    assert turned_away(signed_in)


@pytest.mark.parametrize("key", ["", "short", "0" * 32, "x" * 400, "a\x00b" * 9])
def test_a_made_up_key_opens_nothing_and_is_not_taken_on(signed_in: Client, key: str) -> None:
    signed_in.cookies["sessionid"] = key
    assert turned_away(signed_in)
    store = SessionStore(key)
    assert store.load() == {}
    assert store.session_key is None


def test_data_that_we_did_not_sign_is_an_empty_session(signed_in: Client) -> None:
    Session.objects.update(session_data="e30:forged")
    assert turned_away(signed_in)


def test_a_closed_account_and_one_with_another_password_are_out_at_once(signed_in: Client, school: School) -> None:
    user = school.learner_user
    user.is_active = False
    user.save(update_fields=["is_active"])
    assert turned_away(signed_in)
    user.is_active = True
    user.save(update_fields=["is_active"])
    assert not turned_away(signed_in)
    user.set_password("another long one")
    user.save(update_fields=["password"])
    assert turned_away(signed_in)


def test_a_session_and_its_person_take_a_query_each(signed_in: Client, django_assert_num_queries: Any) -> None:
    store = SessionStore(signed_in.cookies["sessionid"].value)
    store.load()
    with django_assert_num_queries(1):
        assert SessionStore(store.session_key).load()["_auth_user_backend"] == "accounts.backends.EmailBackend"
