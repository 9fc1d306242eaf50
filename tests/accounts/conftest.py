"""A learner and her browser."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import User
from accounts.services import ensure_user
from tests.layers import layer

PASSWORD = "a-long-password"


@layer
def learner() -> User:
    """A learner with a confirmed address."""
    user = ensure_user(email="daniela@learner.example", legal_name="Daniela Reyes", password=PASSWORD)
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    return user


@pytest.fixture
def signed_in(learner: User) -> Client:
    """Her browser, signed in by the form."""
    client = Client()
    answer = client.post("/accounts/login/", {"login": learner.email, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return client
