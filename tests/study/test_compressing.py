"""A lesson's page goes out compressed as its reader takes it, and says so."""

import gzip

import brotli
import pytest
from django.test import Client

from courses.catalog.models import Lesson
from courses.study.compressing import _takes_brotli
from tests.worlds import School


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [
        ("br", True), ("gzip, deflate, br, zstd", True), ("gzip;q=1.0, BR;q=0.9", True), ("br ; q=0.001", True),
        ("br;q=0", False), ("br; q=0.00, gzip", False), ("gzip", False), ("brr", False), ("x-br, gzip", False), ("", False),
    ],
)  # fmt: skip
def test_who_takes_brotli(accepted: str, taken: bool) -> None:
    assert _takes_brotli(accepted) is taken


def test_the_page_is_the_same_however_it_goes_out(school: School, place: int) -> None:
    client = school.client(school.learner_user)
    address = f"/learn/lessons/{Lesson.objects.get(code='MFR-1').uuid}/"
    plain = client.get(address)
    assert not plain.has_header("Content-Encoding")
    assert "Accept-Encoding" in plain["Vary"]
    for accepted, encoding, open_up in (("gzip, br", "br", brotli.decompress), ("gzip", "gzip", gzip.decompress)):
        answer = client.get(address, headers={"accept-encoding": accepted})
        assert answer["Content-Encoding"] == encoding
        assert answer["Content-Length"] == str(len(answer.content))
        assert "Accept-Encoding" in answer["Vary"]
        text = open_up(answer.content)
        assert b"<h1>The barrier</h1>" in text
        assert len(answer.content) < len(plain.content) / 2


def test_its_size_tells_nothing(school: School, place: int) -> None:
    client = school.client(school.learner_user)
    address = f"/learn/lessons/{Lesson.objects.get(code='MFR-1').uuid}/"
    padding = {
        brotli.decompress(client.get(address, headers={"accept-encoding": "br"}).content).rpartition(b"</html>")[2]
        for _again in range(12)
    }
    assert len({len(one) for one in padding}) > 3


def test_a_way_elsewhere_stays_plain(school: School, place: int, client: Client) -> None:
    address = f"/learn/lessons/{Lesson.objects.get(code='MFR-1').uuid}/"
    answer = client.get(address, headers={"accept-encoding": "br"})
    assert answer.status_code == 302
    assert not answer.has_header("Content-Encoding")
