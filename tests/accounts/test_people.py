"""What a person is called."""

import pytest

from accounts.models import User


@pytest.mark.parametrize(
    ("names", "called"),
    [
        ({"legal_name": "Nguyễn Thị Minh Khai"}, "Nguyễn Thị Minh Khai"),
        ({"legal_name": "Nguyễn Thị Minh Khai", "preferred_name": "Khai"}, "Khai"),
        ({"legal_name": "Thomas Adewale Lindqvist"}, "Thomas Adewale Lindqvist"),
        ({}, "somebody@example.org"),
    ],
)
def test_nobody_is_called_by_a_part_of_her_name_that_she_did_not_choose(names: dict[str, str], called: str) -> None:
    assert User(email="somebody@example.org", **names).get_short_name() == called
