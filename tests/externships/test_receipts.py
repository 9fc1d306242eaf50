"""Each sitting has a receipt with a code: without an account it shows what was signed, and nobody's name."""

import re
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from certification import codes, limits
from certification.externships.models import Shift, SigningReceipt, SignOff, SignOffLink
from certification.externships.selectors import receipt_of
from certification.externships.services import Decision, decide, erase_shift_words, save_shift
from certification.records.services import erase_words
from notices.models import Message

from .conftest import Clinic, local, text_of

pytestmark = pytest.mark.django_db
UNKNOWN = codes.code_from_bits(4711)


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    cache.clear()


@pytest.fixture
def sat(clinic: Clinic) -> SignOffLink:
    """One sitting: a session signed, an observation over midnight refused."""
    signed = clinic.draft()
    refused = clinic.draft("2026-11-10 22:00", "2026-11-11 02:00", kind="observation", techniques=[])
    link = clinic.send()
    decide(
        link=link, decisions=[Decision(signed.uuid, "sign"), Decision(refused.uuid, "refuse", "Ask Daniela herself")],
        typed_name="Priya Raman", confirms_statement=True, ip="203.0.113.9", agent="Phone/1",
    )  # fmt: skip
    return link


def test_the_code_shows_what_was_signed_and_nobody(clinic: Clinic, sat: SignOffLink) -> None:
    receipt = SigningReceipt.objects.get()
    assert codes.parse_code(receipt.code) == receipt.code
    page = Client().get(reverse("externships:receipt", args=[receipt.code]))
    said = text_of(page)
    for words in (
        "Riverbend School", "Harborview Rehabilitation", "Monday 9 November 2026", "9:00 AM to 1:30 PM", "Signed: 4 h",
        "10:00 PM to 2:00 AM on the next day", "Refused", "20 November 2026, 10:00 AM",
        *SignOff.objects.values_list("digest", flat=True),
    ):  # fmt: skip
        assert words in said
    code = Shift.objects.exclude(client_code="")[0].client_code
    raw = page.content.decode()
    for secret in ("Daniela", "Reyes", "Raman", "praman", "203.0.113.9", "Phone/1", code, "Ask ", "PT-10442", "lumbar"):
        assert secret not in raw
    assert (page["Cache-Control"], page["X-Robots-Tag"]) == ("private, no-store", "noindex, nofollow, noarchive")


def test_it_stands_in_both_mails_and_on_the_page(clinic: Clinic, sat: SignOffLink) -> None:
    code = SigningReceipt.objects.get().code
    for key in ("signoff-receipt", "signoff-notice"):
        assert f"/receipts/{code}/" in Message.objects.get(key__startswith=key).body
    body = Message.objects.get(key=f"signoff-link:{sat.uuid}").body
    path = re.findall(r"/sign/[\w-]+/", body)[0]
    assert code in text_of(Client().get(path))


def test_each_sitting_has_its_own_and_shows_only_its_own(clinic: Clinic) -> None:
    first, second = clinic.draft(), clinic.draft("2026-11-11 09:00", "2026-11-11 12:00")
    link = clinic.send()
    for shift in (first, second, second):
        decide(link=link, decisions=[Decision(shift.uuid, "sign")], typed_name="Priya Raman", confirms_statement=True)
    one, other = SigningReceipt.objects.order_by("pk")
    assert [list(receipt.decisions.values_list("shift", flat=True)) for receipt in (one, other)] == [
        [first.pk],
        [second.pk],
    ]
    assert "Wednesday 11" not in text_of(Client().get(reverse("externships:receipt", args=[one.code])))


def test_a_sitting_that_decides_nothing_makes_no_receipt(clinic: Clinic) -> None:
    shift = clinic.draft()
    link = clinic.send()
    decide(
        link=link, decisions=[Decision(shift.uuid, "sign", digest="0" * 64)], typed_name="Priya Raman",
        confirms_statement=True,
    )  # fmt: skip
    assert not SigningReceipt.objects.exists()


def test_unknown_and_malformed_codes_get_the_same_answer(clinic: Clinic, sat: SignOffLink) -> None:
    said = set()
    for code in (UNKNOWN, UNKNOWN[:-1] + "!", "x", "7K4D"):
        page = Client().get(reverse("externships:receipt", args=[code]))
        assert page.status_code == 404
        assert page["Cache-Control"] == "private, no-store"
        said.add(text_of(page))
    assert len(said) == 1


def test_a_code_is_typed_as_people_type(clinic: Clinic, sat: SignOffLink) -> None:
    code = SigningReceipt.objects.get().code
    ask = reverse("externships:ask_receipt")
    assert "Code of the receipt" in text_of(Client().get(ask))
    for typed in (code.lower(), code.replace("-", " "), f" https://riverbend.example/receipts/{code}/ "):
        found = Client().get(ask, {"code": typed})
        assert found["Location"] == reverse("externships:receipt", args=[code])
    wrong = Client().get(ask, {"code": "7K4D/../x"}, follow=True)
    assert wrong.status_code == 404 and "No receipt has this code" in text_of(wrong)


def test_guessing_is_slowed_down_on_both_faces(
    clinic: Clinic, sat: SignOffLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MISSES", 3)
    code = SigningReceipt.objects.get().code
    for _guess in range(3):
        assert Client().get(reverse("externships:receipt", args=[UNKNOWN])).status_code == 404
    slow = Client().get(reverse("externships:receipt", args=[code]))
    assert slow.status_code == 429 and int(slow["Retry-After"]) > 0
    asked = Client().get(reverse("externships:ask_receipt"), {"code": code.lower()})
    assert asked["Location"] != reverse("externships:receipt", args=[code]), "the form is no way around"


def test_two_queries_however_many_rows(clinic: Clinic, django_assert_num_queries: Any) -> None:
    wanted = [
        Decision(clinic.draft(f"2026-11-{day:02d} 09:00", f"2026-11-{day:02d} 12:00").uuid, "sign")
        for day in (9, 10, 11)
    ]
    decide(link=clinic.send(), decisions=wanted, typed_name="Priya Raman", confirms_statement=True)
    code = SigningReceipt.objects.get().code
    with django_assert_num_queries(2):
        found = receipt_of(code)
    assert found and len(found.lines) == 3


def test_it_shows_what_was_shown_then_and_outlives_the_words(clinic: Clinic) -> None:
    shift = clinic.draft()
    decide(
        link=clinic.send(), decisions=[Decision(shift.uuid, "return", "Look again")], typed_name="Priya Raman",
        confirms_statement=False,
    )  # fmt: skip
    save_shift(
        placement=clinic.placement, supervisor=clinic.supervisor, shift=shift, kind="observation",
        starts_at=local("2026-11-12 09:00"), ends_at=local("2026-11-12 12:00"),
    )  # fmt: skip
    url = reverse("externships:receipt", args=[SigningReceipt.objects.get().code])
    assert "Monday 9 November 2026" in text_of(Client().get(url)), "not what the learner wrote later"
    erase_words(record=clinic.record, basis="asked")
    erase_shift_words(record=clinic.record)
    page = Client().get(url)
    assert page.status_code == 200 and "Times erased" in text_of(page)


def test_a_receipt_is_about_its_own_link_and_never_changes(clinic: Clinic, sat: SignOffLink) -> None:
    shift = clinic.draft("2026-11-12 09:00", "2026-11-12 12:00")
    row = clinic.send().rows.get()
    with pytest.raises(IntegrityError, match="rows of its own link"), transaction.atomic():
        SignOff.objects.create(
            row=row, shift=shift, version=1, digest=row.digest, typed_name="P", licence="L", decision="refuse", words="No",
            decided_at=shift.created_at, receipt=SigningReceipt.objects.get(),
        )  # fmt: skip
    for attack in ("UPDATE externships_signingreceipt SET code = 'x'", "DELETE FROM externships_signingreceipt"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attack)
    assert SigningReceipt.objects.get().made_at.date() == date(2026, 11, 20)
