"""Open Badges 3.0, CLR 2.0, status lists and baked badges, made from frozen facts: valid by the standards' schemas."""

import copy
import io
import json
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft201909Validator
from PIL import Image

from certification.certificates import baking, credentials, status
from certification.keys.proofs import integrity

DATA = Path(__file__).parents[1] / "data" / "credentials"
HOUSE = credentials.House("https://palmar.example")
ISSUER = credentials.Issuer("did:web:palmar.example:schools:riverbend", "Riverbend School", "https://riverbend.example")
PLACE = credentials.StatusPlace("https://palmar.example/status/1", 4711)
AT = datetime(2026, 11, 28, 21, 43, tzinfo=UTC)


def facts(**issue: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DATA / "facts.json").read_text())
    found["issue"].update(issue)
    return found


def signed(document: dict[str, Any]) -> dict[str, Any]:
    return integrity.sign(document, private=bytes(32), method=f"{ISSUER.did}#ed-2026", created=AT)


def faults(document: Any, schema: str) -> list[str]:
    """What a standard's schema says against a document."""
    validator = Draft201909Validator(json.loads((DATA / schema).read_text()))
    return [f"{'/'.join(map(str, error.path))}: {error.message}"[:200] for error in validator.iter_errors(document)]


def transcript(found: dict[str, Any]) -> dict[str, Any]:
    certificate = signed(credentials.badge(found, house=HOUSE, issuer=ISSUER, status=PLACE))
    parts = credentials.category_badges(found, house=HOUSE, issuer=ISSUER, status=PLACE)
    return signed(
        credentials.clr(
            found,
            house=HOUSE,
            issuer=ISSUER,
            status=PLACE,
            certificate=certificate,
            categories=[signed(p) for p in parts],
        )
    )


def test_a_certificate_is_valid_by_the_schema_of_open_badges() -> None:
    document = signed(credentials.badge(facts(), house=HOUSE, issuer=ISSUER, status=PLACE))
    assert faults(document, "ob_v3p0_achievementcredential_schema.json") == []
    assert document["id"] == "https://palmar.example/certificates/7K4D-Q9XW-3HTR-M2VC-J.json"
    assert document["validFrom"] < facts()["issue"]["issued_at"], "some readers allow no skew of clocks"


def test_the_schema_refuses_what_is_not_one() -> None:
    document = signed(credentials.badge(facts(), house=HOUSE, issuer=ISSUER, status=PLACE))
    del document["credentialSubject"]["achievement"]["criteria"]
    assert faults(document, "ob_v3p0_achievementcredential_schema.json")


def test_a_transcript_is_valid_by_the_schema_of_clr() -> None:
    document = transcript(facts())
    assert faults(document, "clr_v2p0_clrcredential_schema.json") == []
    for part in document["credentialSubject"]["verifiableCredential"]:
        assert faults(part, "ob_v3p0_achievementcredential_schema.json") == []


def test_a_transcript_holds_every_category_and_where_it_belongs() -> None:
    found = facts()
    document = transcript(found)
    codes = [line.code for line in credentials.lines_of(found)][1:]
    parts = document["credentialSubject"]["verifiableCredential"]
    assert [part["id"].partition("#")[2] for part in parts[1:]] == codes
    pairs = document["credentialSubject"]["association"]
    assert len(pairs) == len(codes)
    assert {pair["sourceId"] for pair in pairs} == {
        part["credentialSubject"]["achievement"]["id"] for part in parts[1:]
    }
    assert {pair["targetId"] for pair in pairs} <= {part["credentialSubject"]["achievement"]["id"] for part in parts}, (
        "whatever a part belongs to is in the transcript"
    )


def test_hours_stand_as_text_to_the_minute() -> None:
    document = credentials.badge(facts(), house=HOUSE, issuer=ISSUER, status=PLACE)
    found = {
        result["resultDescription"].partition("#")[2]: result["value"]
        for result in document["credentialSubject"]["result"]
    }
    assert found["total-hours"] == "10 h"
    assert found["total-minutes"] == "600"
    assert found["mfr-minutes"] == "360"


@pytest.mark.parametrize(
    "minutes,unit,words",
    [(0, 60, "0 h"), (59, 60, "59 min"), (60, 60, "1 h"), (31250, 50, "625 h"), (31269, 50, "625 h 19 min")],
)
def test_hours_in_words(minutes: int, unit: int, words: str) -> None:
    assert credentials.in_hours(minutes, unit) == words


def test_what_lapses_says_until_when() -> None:
    document = credentials.badge(facts(expires_on="2028-08-31"), house=HOUSE, issuer=ISSUER, status=PLACE)
    assert document["validUntil"] == "2028-09-01T04:00:00Z", "the last day counts, where the record was kept"
    assert "validUntil" not in credentials.badge(facts(), house=HOUSE, issuer=ISSUER, status=PLACE)


def test_an_achievement_is_named_by_what_it_says() -> None:
    one = credentials.achievement(facts(), HOUSE)
    other = facts()
    other["student"]["name"] = "Somebody Else"
    assert credentials.achievement(other, HOUSE) == one, "who has it changes nothing"
    other["totals"]["categories"][0]["required"] += 60
    assert credentials.achievement(other, HOUSE)["id"] != one["id"]


def test_nothing_but_the_name_tells_who_she_is() -> None:
    document = json.dumps(transcript(facts()))
    assert "@" not in document.replace("@context", "").replace(facts()["rule_set"]["label"], "")
    assert "Helen Marsh" not in document


# ---- status ----------------------------------------------------------------------------------------------------------


@given(st.sets(st.integers(0, status.PLACES - 1), max_size=20), st.integers(0, status.PLACES - 1))
def test_a_bit_is_set_where_it_was_set_and_nowhere_else(places: set[int], other: int) -> None:
    encoded = status.encode(places)
    assert all(status.is_set(encoded, place) for place in places)
    assert status.is_set(encoded, other) == (other in places)


def test_the_first_bit_is_the_high_one() -> None:
    import base64
    import gzip

    bits = gzip.decompress(base64.urlsafe_b64decode(status.encode([0, 15])[1:] + "=="))
    assert (len(bits), bits[0], bits[1]) == (16_384, 0x80, 0x01)


def test_an_empty_list_and_a_full_one_are_lists() -> None:
    for places in ((), range(status.PLACES)):
        document = status.list_credential(
            address=PLACE.address, issuer=ISSUER.did, encoded=status.encode(places), at=AT
        )
        assert integrity.canonical(document)


@pytest.mark.parametrize("encoded", ["", "zabc", "u!!!", "uAAAA", "u" + "A" * 400])
def test_what_is_no_list_is_refused(encoded: str) -> None:
    with pytest.raises(status.BadListError):
        status.is_set(encoded, 0)


def test_a_place_outside_is_refused() -> None:
    with pytest.raises(ValueError, match="no place"):
        status.encode([status.PLACES])
    with pytest.raises(status.BadListError):
        status.is_set(status.encode([]), status.PLACES)


def test_a_list_that_unpacks_to_gigabytes_is_cut() -> None:
    import base64
    import gzip

    bomb = "u" + base64.urlsafe_b64encode(gzip.compress(bytes(50_000_000))).decode().rstrip("=")
    with pytest.raises(status.BadListError):
        status.is_set(bomb, 49_999_999 * 8)


# ---- baked badges ----------------------------------------------------------------------------------------------------


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(out, "PNG")
    return out.getvalue()


def test_a_picture_carries_its_credential() -> None:
    document = signed(credentials.badge(copy.deepcopy(facts()), house=HOUSE, issuer=ISSUER, status=PLACE))
    text = json.dumps(document, ensure_ascii=False)
    baked = baking.bake(picture(), text)
    assert baking.credential_in(baked) == text
    assert baking.bake(picture(), text) == baked
    assert integrity.verify(json.loads(baking.credential_in(baked)), lambda _method: _public())


def _public() -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()


@pytest.mark.parametrize("body", [b"", b"not a picture", picture()])
def test_a_picture_without_one_says_so(body: bytes) -> None:
    with pytest.raises(baking.NotBakedError):
        baking.credential_in(body)


def test_a_picture_that_says_it_is_immense_is_refused_before_it_is_drawn() -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0))
    body = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    with pytest.raises(baking.NotBakedError):
        baking.credential_in(body)
