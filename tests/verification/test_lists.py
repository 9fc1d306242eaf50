"""A list of codes is checked at once: each row is answered, or none is asked and each that is wrong is named."""

import io
from time import process_time
from typing import Any
from uuid import uuid4

import pytest
from defusedcsv import csv
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from accounts.models import Organisation, User
from certification.certificates.models import Certificate
from certification.codes import code_from_bits
from certification.verification import lists
from certification.verification.models import Check
from certification.verification.verdicts import Asked
from tests.sharing import share
from tests.verification.asking import college
from tests.verification.test_organisations import text_of

PAGE = "/checks/file/"


# ---------------------------------------------------------------- the list, pure


def test_a_list_is_read_by_its_header() -> None:
    rows = [["Code", "NAME", "mfr", "total"], ["A", "Ana", "30", ""], ["B", "", "", "600"], ["C"]]
    assert lists.read_list(enumerate(rows, start=1), most=10) == (
        [Asked("A", "Ana", {"mfr": 30}, 2), Asked("B", "", {"total": 600}, 3), Asked("C", "", {}, 4)],
        [],
    )


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([], "empty"),
        ([["code"]], "empty"),
        ([["name"], ["x"]], "no_code"),
        ([["code", "mfr", "mfr"], ["A"]], "column_twice"),
        ([["code", "Code"], ["A"]], "column_twice"),
        ([["code"], ["A"], ["B"], ["C"]], "too_many"),
    ],
)
def test_what_is_no_list_is_named(rows: list[list[str]], code: str) -> None:
    with pytest.raises(lists.BadListError) as refused:
        lists.read_list(enumerate(rows, start=1), most=2)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("cells", "bad"),
    [
        (["A", "ten"], (2, "mfr", "minutes")),
        (["A", "-1"], (2, "mfr", "minutes")),
        (["A", "1.5"], (2, "mfr", "minutes")),
        (["A", "٣"], (2, "mfr", "minutes")),
        (["A", "1" * 9], (2, "mfr", "minutes")),
        (["", "1"], (2, "code", "no_code")),
        (["A", "1", "x"], (2, "", "beyond")),
    ],
)
def test_a_wrong_row_is_named(cells: list[str], bad: tuple[int, str, str]) -> None:
    _asked, found = lists.read_list(enumerate([["code", "mfr"], cells], start=1), most=2)
    assert found == [bad]


# ---------------------------------------------------------------- the page


@pytest.fixture
def tidewater(db: None) -> tuple[Organisation, User]:
    cache.clear()
    return college()


@pytest.fixture
def desk(tidewater: tuple[Organisation, User]) -> Client:
    client = Client()
    client.force_login(tidewater[1], backend="accounts.backends.EmailBackend")
    return client


def send(desk: Client, data: bytes, key: str = "") -> Any:
    return desk.post(PAGE, {"file": SimpleUploadedFile("list.csv", data), "key": key or str(uuid4())})


def as_workbook(*rows: list[str]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(out)
    return out.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_each_row_gets_its_answer_and_a_table_to_take_away(
    certificate: Certificate, tidewater: tuple[Organisation, User], desk: Client, form: str
) -> None:
    share(certificate, party=tidewater[0], purpose="admission", scope="totals")
    unknown = code_from_bits(5)
    rows = [
        ["code", "name", "total"],
        [certificate.code.lower(), "daniela reyes", "600"],
        [certificate.code, "Rita Other", "601"],
        [unknown, "Daniela Reyes", ""],
    ]
    data = as_workbook(*rows) if form == "xlsx" else "\n".join(",".join(row) for row in rows).encode()
    key = str(uuid4())
    first, second = send(desk, data, key), send(desk, data, key)
    assert first.status_code == 302 and first["Location"] == second["Location"]
    check = Check.objects.get()
    assert (check.face, check.items) == ("file", 3)
    assert "3 codes" in text_of(desk.get(first["Location"]))

    body = desk.get(f"/checks/{check.uuid}/answers.csv")
    table = list(csv.DictReader(io.StringIO(body.content.decode())))
    assert [(one["row"], one["code"], one["status"], one["name"], one["claims"]) for one in table] == [
        ("2", certificate.code, "valid", "match", "total: matches"),
        ("3", certificate.code, "valid", "differs", "total: differs"),
        ("4", unknown, "unknown", "differs", ""),
    ]
    assert table[0]["issued_on"] == certificate.issued_on.isoformat() and table[2]["credential"] == ""
    assert "Reyes" not in body.content.decode() and body["Content-Disposition"].startswith("attachment")
    sheet = load_workbook(io.BytesIO(desk.get(f"/checks/{check.uuid}/answers.xlsx").content)).active
    assert sheet and [cell.value for cell in sheet[2]][:3] == [2, certificate.code, "valid"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "This file is empty"),
        (b"name\nx\n", "No column is called"),
        (b"code\n", "There is no row below the header"),
        (b"code,code\nx,y\n", "stands twice"),
        (b"\xff\xfe\x00c", "UTF-8"),
        (b"PK\x03\x04broken", "CSV"),
        (b"code,mfr\nABC,ten\n", "Row 2, mfr: Write minutes as a whole number"),
        (b"code\nABC\n", "Row 2, code:"),
    ],
)
def test_a_list_that_cannot_be_asked_is_refused_with_what_to_do(desk: Client, data: bytes, sentence: str) -> None:
    page = send(desk, data)
    assert page.status_code == 422
    assert sentence in text_of(page), text_of(page)
    assert not Check.objects.exists()


@pytest.mark.django_db
def test_cells_and_codes_that_are_wrong_are_named_together(desk: Client) -> None:
    page = text_of(send(desk, b"code,mfr\nABC,10\nDEF,ten\n"))
    assert "Row 2, code: A code has 17 characters" in page and "Row 3, code:" in page
    assert "Row 3, mfr: Write minutes as a whole number" in page


@pytest.mark.django_db
def test_of_many_wrong_rows_some_are_named_and_the_rest_counted(desk: Client) -> None:
    page = text_of(send(desk, b"code\n" + b"no code\n" * 30))
    assert page.count("Row ") == 20 and "Row 2, code" in page and "And 10 more" in page


@pytest.mark.django_db
def test_a_list_of_ten_thousand_takes_few_queries_and_seconds(
    certificate: Certificate, desk: Client, django_assert_max_num_queries: Any
) -> None:
    codes = [code_from_bits(number) for number in range(100, 1500)]
    data = "\n".join(["code", *codes, *[certificate.code] * 8600]).encode()
    started = process_time()
    with django_assert_max_num_queries(50):
        assert send(desk, data).status_code == 302
    assert Check.objects.get().items == 10_000 and process_time() - started < 20


@pytest.mark.django_db
def test_only_who_asks_for_an_organisation_checks_lists(tidewater: Any, certificate: Certificate, desk: Client) -> None:
    assert Client().get(PAGE).status_code == 302
    send(desk, f"code\n{certificate.code}\n".encode())
    other = Client()
    other.force_login(college("other")[1], backend="accounts.backends.EmailBackend")
    for kind in ("csv", "xlsx"):
        assert other.get(f"/checks/{Check.objects.get().uuid}/answers.{kind}").status_code == 404
