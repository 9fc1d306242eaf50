"""One request sent twenty times at the same moment is one check, one receipt and one look in the graduate's log."""

from typing import Any

import pytest

from accounts.models import User
from certification.certificates.models import Certificate
from certification.verification import services
from certification.verification.models import Check, CheckedItem, Delivery, Disclosure, Receipt
from certification.verification.verdicts import Asked
from tests.certificates.conftest import certificate, ready
from tests.sharing import share
from tests.verification.asking import ask, college
from tests.verification.test_hand_overs import ask as ask_to_send
from tests.worlds import School

from .test_issue import at_once

__all__ = ["certificate", "ready"]
pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_twenty_equal_checks_are_one(certificate: Certificate) -> None:
    organisation, clerk = college()
    share(certificate, party=organisation)
    results = at_once(lambda number: ask(organisation, clerk, Asked(certificate.code, "Daniela Reyes", {"total": 1})))
    assert {type(result) for result in results} == {Check}, results
    assert len({result.pk for result in results}) == 1
    assert [model.objects.count() for model in (Check, CheckedItem, Receipt, Disclosure)] == [1, 1, 1, 1]


def test_twenty_presses_of_one_button_are_one_delivery(school: School, certificate: Certificate) -> None:
    held = ask_to_send(certificate)
    clerks = [school.registrar.pk, school.second_registrar.pk]

    def press(number: int) -> Any:
        by = User.objects.get(pk=clerks[number % 2])
        return services.hand_over(hand_over=held, by=by, way="post", key="one", reference=f"RR {number}")

    results = at_once(press)
    assert {type(result) for result in results} == {Delivery}, results
    assert (Delivery.objects.count(), Disclosure.objects.count()) == (1, 1)
