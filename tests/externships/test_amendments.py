"""A signed shift is amended: written with a reason, signed anew, the old hours taken back; nobody loses a minute."""

import csv
import io
import json
import uuid
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from certification.externships.models import Placement, Shift, SignOff, SignOffRow
from certification.externships.selectors import board_of, log_of, signed_minutes
from certification.externships.selectors.competencies import repeats_of
from certification.externships.services import frozen, save_shift, withdraw_shift
from certification.externships.services import signing as signing_services
from certification.records.models import Balance, HourEntry, OccupiedTime, TrainingRecord
from certification.records.selectors import part_of, standing_entries, taken_back
from certification.records.services import approve_correction, propose_correction
from certification.verification.audit import audit

from .conftest import Clinic, answers, local, text_of
from .test_shifts import filled
from .test_signing import url_of

pytestmark = pytest.mark.django_db
REASON = "I had written the lunch break twice."


@pytest.fixture
def signed(clinic: Clinic) -> Shift:
    """A signed session of four hours."""
    shift = clinic.draft()
    sign(clinic)
    shift.refresh_from_db()
    return shift


def sign(clinic: Clinic, kind: str = "sign", **fields: str) -> Any:
    link = clinic.send()
    return Client().post(url_of(link), answers(link, kind, **fields))


def amendment(clinic: Clinic, shift: Shift, **fields: Any) -> Shift:
    values: dict[str, Any] = {
        "placement": clinic.placement, "supervisor": clinic.supervisor, "kind": "client_session", "screen": "clear",
        "starts_at": shift.starts_at, "ends_at": shift.ends_at, "break_minutes": 0, "client_code": shift.client_code,
        "amends": shift, "amend_reason": REASON,
    }  # fmt: skip
    return save_shift(**{**values, **fields})


def standing() -> list[tuple[str, int]]:
    return [(entry.posting.source_key, entry.minutes) for entry in standing_entries(TrainingRecord.objects.get())]


def test_from_the_page_to_the_rows(clinic: Clinic, signed: Shift) -> None:
    client = clinic.learner()
    page = client.get(reverse("externships:shift", args=[signed.uuid]))
    assert "Amend it" in text_of(page)
    address = reverse("externships:amend", args=[signed.uuid])
    page = client.get(address)
    assert "the earlier hours are taken back" in text_of(page)
    assert page.context["form"]["statement"].value() == signed.statement, "filled in as it was signed"
    form = filled(clinic, break_minutes="0", client_code=signed.client_code, amend_reason=REASON)
    missing = client.post(address, {**form, "amend_reason": ""})
    assert "Say why it is amended" in text_of(missing)
    for _time in range(2):
        assert client.post(address, form).status_code == 302, "a double click is one amendment"
    new = Shift.objects.get(amends=signed)
    assert (new.state, new.minutes, signed_minutes(clinic.placement)) == ("draft", 270, 240)
    assert "There is an amendment of it. Until that is signed" in text_of(
        client.get(reverse("externships:shift", args=[signed.uuid]))
    )
    link = clinic.send()
    said = text_of(Client().get(url_of(link)))
    assert f"“{REASON}”" in said
    assert "Signed before" in said and "4 h 30 min" in said
    shown = json.loads(SignOffRow.objects.get(shift=new).shown)
    assert shown["amends"] == {
        "shift": str(signed.uuid), "digest": SignOff.objects.get(shift=signed).digest, "reason": REASON,
    }  # fmt: skip
    assert standing() == [(signed.source_key, 240)], "while it waits the old hours stand"
    assert Client().post(url_of(link), answers(link)).status_code == 302
    assert standing() == [(new.source_key, 270)]
    (back,) = HourEntry.objects.filter(minutes__lt=0)
    assert (back.reverses.posting.source_key, back.reason) == (signed.source_key, "amended")
    assert back.posting.source_key == f"{new.source_key}/back/1"
    assert signed_minutes(clinic.placement) == 270
    assert board_of(clinic.school.learner_user, timezone.now()).signed_minutes(clinic.placement) == 270
    assert dict(Balance.objects.values_list("category", "minutes")) == {"externship_hands_on": 270}
    (gone,) = taken_back(clinic.record)
    assert [entry.minutes for entry in gone.replacements] == [270]
    said = text_of(client.get(reverse("externships:shift", args=[signed.uuid])))
    assert "its hours stand in the place of these" in said and "Amended" in said
    assert "Amended, and signed anew" in text_of(client.get(reverse("records:rows", args=[clinic.record.uuid])))
    signed.refresh_from_db()
    assert (signed.state, signed.break_minutes, signed.version) == ("signed", 30, 1), "what was signed is as it was"
    report = audit()
    assert report.holds, report.findings


def test_an_amendment_of_an_amendment_and_one_at_a_time(clinic: Clinic, signed: Shift) -> None:
    first = amendment(clinic, signed)
    with pytest.raises(ValidationError, match="One at a time"):
        amendment(clinic, signed, break_minutes=10)
    sign(clinic)
    with pytest.raises(ValidationError, match="One at a time"):
        amendment(clinic, signed, break_minutes=10)
    first.refresh_from_db()
    second = amendment(clinic, first, ends_at=local("2026-11-09 12:00"))
    sign(clinic)
    assert standing() == [(second.source_key, 180)]
    assert signed_minutes(clinic.placement) == 180
    report = audit()
    assert report.holds, report.findings


@pytest.mark.parametrize("kind", ["refuse", "return"])
def test_refused_or_returned_the_old_hours_stand(clinic: Clinic, signed: Shift, kind: str) -> None:
    new = amendment(clinic, signed)
    sign(clinic, kind, words="No, there was a break.")
    assert standing() == [(signed.source_key, 240)]
    assert signed_minutes(clinic.placement) == 240
    if kind == "refuse":
        assert amendment(clinic, signed, break_minutes=10).pk != new.pk
    else:
        with pytest.raises(ValidationError, match="One at a time"):
            amendment(clinic, signed, break_minutes=10)
        withdraw_shift(shift=new)
        assert amendment(clinic, signed, break_minutes=10).pk != new.pk


def test_a_signing_that_fails_in_the_middle_loses_nobody_a_minute(
    clinic: Clinic, signed: Shift, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = amendment(clinic, signed)
    link = clinic.send()
    before = (list(HourEntry.objects.values()), list(OccupiedTime.objects.values()), list(Balance.objects.values()))

    def breaks(**_kwargs: Any) -> None:
        assert HourEntry.objects.filter(minutes__lt=0).exists(), "the old hours are taken back already"
        raise RuntimeError("the power fails")

    with monkeypatch.context() as patch:
        patch.setattr(signing_services, "post_hours", breaks)
        with pytest.raises(RuntimeError, match="power"):
            Client().post(url_of(link), answers(link))
    after = (list(HourEntry.objects.values()), list(OccupiedTime.objects.values()), list(Balance.objects.values()))
    assert after == before
    new.refresh_from_db()
    assert new.state == "sent"
    assert Client().post(url_of(link), answers(link)).status_code == 302
    assert standing() == [(new.source_key, 270)]


def test_the_log_counts_what_stands_and_keeps_what_was_signed(clinic: Clinic, signed: Shift) -> None:
    new = amendment(clinic, signed)
    sign(clinic)
    log = log_of(clinic.placement)
    assert (len(log.signed), log.posted_minutes) == (2, 270), "the old row stays, its hours do not"
    assert log.posted_minutes == signed_minutes(clinic.placement)
    assert log.by_kind() == [("Client session", 1, 270)]
    page = clinic.learner().get(reverse("externships:own_log", args=[clinic.placement.uuid]))
    assert "Client session Amended" in text_of(page) and "its hours were taken back" in text_of(page)
    table = clinic.learner().get(reverse("externships:own_log_table", args=[clinic.placement.uuid, "csv"]))
    rows = {row["shift"]: row for row in csv.DictReader(io.StringIO(table.content.decode()))}
    assert [(row["ledger_minutes"], row["amended_by"]) for row in (rows[str(signed.uuid)], rows[str(new.uuid)])] == [
        ("0", str(new.uuid)),
        ("270", ""),
    ]


def test_a_session_that_was_amended_is_no_second_repeat(clinic: Clinic, signed: Shift) -> None:
    assert repeats_of(clinic.record) == {"": 1, "mfr": 1, "trigger_point": 1}
    amendment(clinic, signed, techniques=["mfr"])
    sign(clinic)
    assert repeats_of(clinic.record) == {"": 1, "mfr": 1}


def test_where_clients_still_wait_a_signed_shift_is_amended_all_the_same(clinic: Clinic, signed: Shift) -> None:
    Placement.objects.update(state="approved")
    page = clinic.learner().get(reverse("externships:shift", args=[signed.uuid]))
    assert "Amend it" in text_of(page) and "has ended" not in text_of(page)


def test_what_was_signed_asks_for_nothing_any_more(clinic: Clinic, signed: Shift) -> None:
    amendment(clinic, signed)
    link = clinic.send()
    assert "If you sign, the hours of the earlier one" in text_of(Client().get(url_of(link)))
    Client().post(url_of(link), answers(link, "sign"))
    assert "If you sign" not in text_of(Client().get(url_of(link)))


def test_it_may_go_to_another_day_and_the_time_is_free_again(clinic: Clinic, signed: Shift) -> None:
    moved = amendment(clinic, signed, starts_at=local("2026-11-10 22:00"), ends_at=local("2026-11-11 02:00"))
    with pytest.raises(ValidationError, match="No minute counts twice"):
        clinic.draft("2026-11-10 23:00", "2026-11-10 23:30", break_minutes=0)
    sign(clinic)
    assert [(entry.date, entry.minutes) for entry in standing_entries(clinic.record)] == [
        (date(2026, 11, 10), 120), (date(2026, 11, 11), 120),
    ]  # fmt: skip
    clinic.draft("2026-11-09 09:00", "2026-11-09 10:00", break_minutes=0)
    assert moved.source_key == HourEntry.objects.filter(minutes__gt=0).last().posting.source_key
    sign(clinic)
    report = audit()
    assert report.holds, report.findings


def test_amended_to_idle_time_it_counts_nowhere(clinic: Clinic, signed: Shift) -> None:
    amendment(clinic, signed, kind="idle", client_code="", screen="")
    sign(clinic)
    assert standing() == []
    assert signed_minutes(clinic.placement) == 0


def test_what_the_school_corrects_is_the_schools(clinic: Clinic, signed: Shift) -> None:
    waiting = amendment(clinic, signed)
    link = clinic.send()
    (entry,) = standing_entries(clinic.record)
    correction = propose_correction(
        uuid=uuid.uuid4(), record=clinic.record, entry=entry, parts=[part_of(entry)], reason="minutes",
        words="The site wrote to us.", by=clinic.school.registrar,
    )  # fmt: skip
    page = Client().post(url_of(link), answers(link))
    assert "The school corrects or corrected these hours." in text_of(page)
    assert standing() == [(signed.source_key, 240)]
    approve_correction(correction=correction, by=clinic.school.second_registrar)
    assert "The school corrects or corrected these hours." in text_of(Client().post(url_of(link), answers(link)))
    withdraw_shift(shift=waiting)
    with pytest.raises(ValidationError, match="The school corrects or corrected") as refused:
        amendment(clinic, signed)
    assert refused.value.code == "corrected"


def test_sealed_records_and_those_under_a_certificate_are_the_registrars(
    clinic: Clinic, signed: Shift, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = reverse("externships:shift", args=[signed.uuid])
    with monkeypatch.context() as patch:
        patch.setattr(frozen, "_asked", [lambda record: record == clinic.record])
        with pytest.raises(ValidationError, match="A certificate rests on these hours") as refused:
            amendment(clinic, signed)
        assert refused.value.code == "certificate"
        said = text_of(clinic.learner().get(page))
        assert "Amend it" not in said and "A certificate rests on these hours." in said
    waiting = amendment(clinic, signed)
    link = clinic.send()
    TrainingRecord.objects.filter(pk=clinic.record.pk).update(sealed_at=timezone.now())
    assert "This record is sealed" in text_of(Client().post(url_of(link), answers(link)))
    assert standing() == [(signed.source_key, 240)]
    assert "This record is sealed" in text_of(
        clinic.learner().get(reverse("externships:amend", args=[signed.uuid]), follow=True)
    )
    waiting.refresh_from_db()
    assert waiting.state == "sent"


def test_only_signed_shifts_and_in_clean_words(clinic: Clinic) -> None:
    draft = clinic.draft()
    with pytest.raises(ValidationError, match="Only a signed shift is amended") as refused:
        amendment(clinic, draft)
    assert refused.value.code == "not_signed"
    sign(clinic)
    draft.refresh_from_db()
    with pytest.raises(ValidationError, match="“Maria” looks like"):
        amendment(clinic, draft, amend_reason="Maria came later.")
    with pytest.raises(ValidationError, match="Say why it is amended"):
        amendment(clinic, draft, amend_reason=" ")


def test_the_database_knows_one_amendment_of_a_signed_shift(clinic: Clinic, signed: Shift) -> None:
    waiting = clinic.draft("2026-11-10 09:00", "2026-11-10 12:00")
    row: dict[str, Any] = {
        "placement": clinic.placement, "supervisor": clinic.supervisor, "kind": "idle", "starts_at": signed.starts_at,
        "ends_at": signed.ends_at, "amend_reason": REASON,
    }  # fmt: skip
    for bad, words in (
        ({"amends": waiting}, "never an amendment but of a signed shift"),
        ({"amends": signed, "amend_reason": ""}, r"(?i)check|constraint"),
        ({"amends": None}, r"(?i)check|constraint"),
    ):
        with pytest.raises(DatabaseError, match=words), transaction.atomic():
            Shift.objects.create(**{**row, **bad})
    Shift.objects.create(**row, amends=signed)
    with pytest.raises(DatabaseError), transaction.atomic():
        Shift.objects.create(**row, amends=signed)
    with pytest.raises(DatabaseError, match="never"), transaction.atomic():
        Shift.objects.filter(amends=signed).update(amends=None, amend_reason="")


def test_anothers_shift_is_not_amended(clinic: Clinic, signed: Shift) -> None:
    for user in (clinic.school.other_learner_user, clinic.school.coordinator):
        client = clinic.school.client(user)
        assert client.get(reverse("externships:amend", args=[signed.uuid])).status_code == 404


def test_the_log_counts_what_took_its_place_and_names_both(clinic: Clinic, signed: Shift) -> None:
    assert log_of(clinic.placement).posted_minutes == 240
    amendment(clinic, signed)
    sign(clinic)
    log = log_of(clinic.placement)
    counted = sum(minutes for _key, minutes in standing())
    assert log.posted_minutes == counted
    assert [line.amended_by is not None for line in log.signed] == [line.shift.pk == signed.pk for line in log.signed]
    assert sum(shifts for _kind, shifts, _minutes in log.by_kind()) == 1
    assert sum(shifts for *_who, shifts, _minutes in log.by_signer()) == 1
    page = text_of(clinic.learner().get(reverse("externships:own_log", args=[clinic.placement.uuid])))
    assert " Amended " in page
    address = reverse("externships:own_log_table", args=[clinic.placement.uuid, "csv"])
    rows = list(csv.DictReader(io.StringIO(clinic.learner().get(address).content.decode("utf-8-sig"))))
    assert {row["shift"]: bool(row["amended_by"]) for row in rows}[str(signed.uuid)]
    assert sum(int(row["ledger_minutes"] or 0) for row in rows) == counted
