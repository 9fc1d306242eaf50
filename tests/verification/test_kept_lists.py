"""A list is answered in the background: how far it is, what becomes of it, and that nothing of it stays by half."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import Membership, Organisation, User
from accounts.services import ensure_user
from certification.certificates.models import Certificate
from certification.codes import code_from_bits
from certification.keys.proofs import did_of
from certification.keys.services import ensure_key
from certification.verification.models import Check, CheckedItem
from certification.verification.services import resume_lists, stop_checking
from cms.jobs import run_due
from tests.cms.test_import_runs import worker
from tests.verification.asking import college
from tests.verification.test_lists import PAGE, desk, send, tidewater
from tests.verification.test_organisations import text_of

__all__ = ["desk", "tidewater", "worker"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh(db: None) -> Iterator[None]:
    caches["progress"].clear()
    yield
    for name in files():
        name.unlink()


def files() -> set[Path]:
    return set((Path(settings.PRIVATE_ROOT) / "check-lists").glob("*"))


def a_list(certificate: Certificate, *more: str) -> bytes:
    return "\n".join(["code,name", f"{certificate.code},Daniela Reyes", *more]).encode()


def test_a_list_waits_for_its_turn_and_then_leads_to_its_answers(
    certificate: Certificate, desk: Client, worker: Any
) -> None:
    key = str(uuid4())
    answer = send(desk, a_list(certificate), key)
    place = answer["Location"]
    assert place == f"{PAGE}{key}/?organisation=tidewater" and not Check.objects.exists()
    page = desk.get(place)
    assert "Waiting for its turn" in text_of(page) and "Look again" in text_of(page)
    assert '<noscript><meta http-equiv="refresh"' in page.content.decode(), "it loads itself without scripts"
    assert page["Cache-Control"] == "private, no-store"
    assert len(files()) == 1
    assert "Reyes" not in str(list(DBTaskResult.objects.values())), "no name stands in a table"

    assert send(desk, a_list(certificate), key)["Location"] == place, "sent twice it is one"
    assert len(files()) == 1
    refused = send(desk, a_list(certificate, code_from_bits(5)), key)
    assert refused["Location"] == f"{PAGE}?organisation=tidewater"
    assert "nothing was asked" in text_of(desk.get(refused["Location"]))

    worker()
    check = Check.objects.get()
    assert desk.get(place)["Location"] == f"/checks/{check.uuid}/" and check.items == 1
    assert not files(), "no copy of the list stays"
    assert send(desk, a_list(certificate), key)["Location"] == f"/checks/{check.uuid}/"


def test_the_page_says_how_many_rows_are_answered(certificate: Certificate, desk: Client, worker: Any) -> None:
    rows = [f"{code_from_bits(number)}," for number in range(100, 130)]
    data = a_list(certificate, *rows, *[f"{certificate.code},"] * 2969)
    place, seen, words = send(desk, data)["Location"], [], []
    name = f"check-list-{files().pop().stem}"
    looking = False

    def look(execute: Any, sql: str, *rest: Any) -> Any:
        nonlocal looking
        if "INSERT" in sql and ("verification_checkeditem" in sql or "verification_receipt" in sql):
            words.append(caches["progress"].get(name))
        elif "is_hidden" in sql and not looking:  # the register is asked for some of the codes
            looking = True
            seen.append(text_of(desk.get(place)))
            looking = False
        return execute(sql, *rest)

    with connection.execute_wrapper(look):
        worker()
    assert "Answering rows" in seen[0] and "0 of 3,000 rows answered" in seen[0]
    assert "Answering rows" in seen[1] and "2,500 of 3,000 rows answered" in seen[1]
    assert Check.objects.get().items == 3000

    # Of the writing this test's one connection would see the end already: so its words are shown for another list.
    assert [(one["answered"], one["written"]) for one in words] == [(3000, 0), (3000, 2500), (3000, 3000)]
    place = send(desk, data)["Location"]
    for one, said in zip(
        words, ("rows answered", "2,500 of 3,000 answers written", "Signing the receipt"), strict=True
    ):
        caches["progress"].set(f"check-list-{files().pop().stem}", one)
        page = desk.get(place).content.decode()
        assert said in page and f'value="{one["answered"] + one["written"]}" max="6000"' in page


def test_only_who_asks_for_the_organisation_sees_how_far_it_is(
    certificate: Certificate, desk: Client, worker: Any
) -> None:
    place = send(desk, a_list(certificate))["Location"]
    assert Client().get(place).status_code == 302
    other = Client()
    other.force_login(college("other")[1], backend="accounts.backends.EmailBackend")
    assert other.get(place).status_code == 404
    assert other.get(place.partition("?")[0]).status_code == 404, "hers has no such list"
    page = desk.get(f"{PAGE}{uuid4()}/")
    assert page.status_code == 404 and "no such list" in text_of(page) and "Choose your list again" in text_of(page)


def test_what_happened_meanwhile_ends_a_list_with_a_sentence(
    certificate: Certificate, tidewater: tuple[Organisation, User], desk: Client, worker: Any, tmp_path: Path
) -> None:
    ensure_key(purpose="token", name=did_of(settings.BASE_URL))
    key = str(uuid4())
    place = send(desk, a_list(certificate), key)["Location"]
    with override_settings(ISSUER_KEY_FILE=str(tmp_path / "empty.json")):
        worker()
    page = text_of(desk.get(place))
    assert "Nothing was asked" in page and "No receipt can be signed at the moment." in page
    assert not (Check.objects.exists() or CheckedItem.objects.exists() or files())

    assert send(desk, a_list(certificate), key)["Location"] == place, "the same page may be sent again"
    assert "Waiting for its turn" in text_of(desk.get(place))
    platform = ensure_user(email="platform@example.org", legal_name="Pia Platform", superuser=True)
    stop_checking(organisation=tidewater[0], words="Guessing names.", by=platform)
    worker()
    assert "Guessing names." in text_of(desk.get(place)) and not (Check.objects.exists() or files())


def test_who_has_left_meanwhile_asks_nothing(
    certificate: Certificate, tidewater: tuple[Organisation, User], desk: Client, worker: Any
) -> None:
    send(desk, a_list(certificate))
    Membership.objects.filter(user=tidewater[1]).update(until=timezone.now() - timedelta(days=1))
    worker()
    assert not (Check.objects.exists() or files())


def test_who_is_killed_half_way_leaves_nothing_and_the_next_round_does_it(
    certificate: Certificate, desk: Client, worker: Any
) -> None:
    place = send(desk, a_list(certificate))["Location"]

    def killed(execute: Any, sql: str, *rest: Any) -> Any:
        if "INSERT" in sql and "verification_checkeditem" in sql:
            raise KeyboardInterrupt
        return execute(sql, *rest)

    with pytest.raises(KeyboardInterrupt), connection.execute_wrapper(killed):
        worker()
    assert not (Check.objects.exists() or CheckedItem.objects.exists()) and len(files()) == 1
    assert resume_lists(now=timezone.now()) == 0, "somebody may be at it still"
    later = timezone.now() + timedelta(minutes=3)
    assert resume_lists(now=later) == 0, "it is heard of"
    caches["progress"].clear()
    with time_machine.travel(later, tick=False):
        assert run_due(force=True)["lists of checks left lying"] == "1 done"
    assert desk.get(place)["Location"] == f"/checks/{Check.objects.get().uuid}/" and not files()
    assert resume_lists(now=later) == 0


def test_a_list_that_stops_its_worker_three_times_is_given_up(
    certificate: Certificate, desk: Client, worker: Any
) -> None:
    place = send(desk, a_list(certificate))["Location"]

    def killed(execute: Any, sql: str, *rest: Any) -> Any:
        if "INSERT" in sql and "verification_checkeditem" in sql:
            raise KeyboardInterrupt
        return execute(sql, *rest)

    words = f"check-list-{files().pop().stem}-alive"
    for number in range(1, 5):
        caches["progress"].delete(words)
        later = timezone.now() + timedelta(minutes=3 * number)
        with connection.execute_wrapper(killed):
            if number <= 3:
                with pytest.raises(KeyboardInterrupt):
                    resume_lists(now=later)
            else:
                assert resume_lists(now=later) == 1
    assert "stopped three times" in text_of(desk.get(place)) and not (files() or Check.objects.exists())


def test_no_organisation_fills_the_queue(certificate: Certificate, desk: Client, worker: Any) -> None:
    keys = [str(uuid4()) for _list in range(5)]
    assert [send(desk, a_list(certificate), key).status_code for key in keys] == [302] * 5
    refused = send(desk, a_list(certificate))
    assert refused.status_code == 422 and "5 lists of yours wait for their answers." in text_of(refused)
    assert len(files()) == 5
    assert send(desk, a_list(certificate), keys[0]).status_code == 302, "one that waits is given back"
    other = Client()
    other.force_login(college("other")[1], backend="accounts.backends.EmailBackend")
    assert send(other, a_list(certificate)).status_code == 302
    worker()
    assert Check.objects.count() == 6 and send(desk, a_list(certificate)).status_code == 302


def test_no_list_is_kept_longer_than_an_hour(certificate: Certificate, desk: Client, worker: Any) -> None:
    place = send(desk, a_list(certificate))["Location"]
    storages["private"].save(f"check-lists/1-{uuid4()}.json", ContentFile(b'{"lines": [["'))
    assert resume_lists(now=timezone.now() + timedelta(minutes=61)) == 2
    assert not files() and not Check.objects.exists()
    assert "did not come within an hour" in text_of(desk.get(place))
