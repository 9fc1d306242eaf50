"""A name that no font draws is refused with a way on: its spelling in the passport's letters, on the same page."""

import re
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.services import change_legal_name, close_account, write_latin_name
from certification.certificates.models import Certificate, CertificateProposal
from certification.certificates.services import propose_certificate
from certification.records.models import TrainingRecord
from certification.verification.selectors import status_of
from tests.certificates.making import issued, replaced
from tests.worlds import School

pytestmark = pytest.mark.django_db
OLD = "𓀀𓁐 𓀀"


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def call_her(record: TrainingRecord, name: str) -> None:
    user = record.learner.user
    assert user
    change_legal_name(user=user, legal_name=name, until_on=date(2026, 3, 1))


def test_signs_without_a_font_are_refused_before_anything_is_proposed(school: School, ready: TrainingRecord) -> None:
    call_her(ready, OLD)
    with pytest.raises(ValidationError) as refused:
        propose_certificate(record=ready, by=school.registrar)
    assert "no sign for 𓀀 (U+13000), 𓁐 (U+13050)" in refused.value.messages[0]
    assert not CertificateProposal.objects.exists()
    assert not Certificate.objects.exists()


def test_the_registrar_goes_on_on_the_same_page(school: School, ready: TrainingRecord) -> None:
    call_her(ready, OLD)
    client, page = school.client(school.registrar), reverse("certificates:record", args=[ready.uuid])
    said = client.get(page)
    assert "no sign for 𓀀 (U+13000), 𓁐 (U+13050)" in text_of(said)
    assert '<details class="fold" open' in said.content.decode()
    name = reverse("certificates:latin_name", args=[ready.uuid])
    refused = client.post(name, {"latin_name": "王小明"})
    assert refused.status_code == 422
    assert "Write it in Latin letters" in text_of(refused)
    assert 'value="王小明"' in refused.content.decode()
    assert client.post(name, {"latin_name": "  Neferu   Asante "}).headers["Location"] == page
    assert "All 8 conditions are met." in text_of(client.get(page))
    ready.refresh_from_db()
    ready = TrainingRecord.objects.select_related("learner__user", "school", "rule_set").get(pk=ready.pk)
    certificate = issued(school, ready)
    assert certificate.holder_name == "Neferu Asante"
    assert certificate.facts["student"]["name"] == "Neferu Asante"
    assert "latin" not in certificate.facts["student"]


def test_after_a_change_of_name_the_spelling_can_still_be_written(school: School, ready: TrainingRecord) -> None:
    old = issued(school, ready)
    call_her(ready, OLD)
    client, page = school.client(school.registrar), reverse("certificates:record", args=[ready.uuid])
    assert "no sign for 𓀀 (U+13000), 𓁐 (U+13050)" in text_of(
        client.get(reverse("certificates:replace", args=[ready.uuid]))
    )
    name = reverse("certificates:latin_name", args=[ready.uuid])
    assert name in client.get(page).content.decode()
    answer = client.post(name, {"latin_name": "Neferu Asante", "kind": "letter"})
    assert answer.headers["Location"] == page + "?kind=letter"
    old = Certificate.objects.get(pk=old.pk)
    assert replaced(school, old, "name_changed").holder_name == "Neferu Asante"


def test_another_spelling_alone_is_a_change_of_name(school: School, ready: TrainingRecord) -> None:
    old = issued(school, ready)
    user = ready.learner.user
    assert user
    write_latin_name(user=user, latin_name="Daniela Reyez")
    said = text_of(school.client(school.registrar).get(reverse("certificates:replace", args=[ready.uuid])))
    assert "Name in Latin letters" in said and "Daniela Reyez" in said
    old = Certificate.objects.get(pk=old.pk)
    assert replaced(school, old, "name_changed").facts["student"]["latin"] == "Daniela Reyez"


def test_both_spellings_stand_on_the_certificate_and_either_is_found(school: School, ready: TrainingRecord) -> None:
    call_her(ready, "王小明")
    assert ready.learner.user
    write_latin_name(user=ready.learner.user, latin_name="Wang Xiaoming")
    certificate = issued(school, ready)
    assert certificate.holder_name == "王小明"
    assert certificate.facts["student"]["latin"] == "Wang Xiaoming"
    assert [status_of(certificate.code, asked).name for asked in ("王小明", "wang xiaoming", "Wang Xiaohong")] == [
        "match", "match", "differs",
    ]  # fmt: skip


@pytest.mark.parametrize("wrong", ["Мария", "Ann3", "Ann <b>", "Ann\u202eA", "a" * 201])
def test_what_no_passport_spells_is_refused(ready: TrainingRecord, wrong: str) -> None:
    assert ready.learner.user
    with pytest.raises(ValidationError):
        write_latin_name(user=ready.learner.user, latin_name=wrong)
    ready.learner.user.refresh_from_db()
    assert ready.learner.user.latin_name == ""


def test_the_spelling_goes_with_the_name_that_it_spelled(ready: TrainingRecord) -> None:
    user = ready.learner.user
    assert user
    write_latin_name(user=user, latin_name="Daniela Reyes")
    change_legal_name(user=user, legal_name="Daniela Okafor", until_on=date(2026, 3, 1))
    user.refresh_from_db()
    assert user.latin_name == ""
    write_latin_name(user=user, latin_name="Daniela Okafor")
    close_account(user=user, keep_name=False)
    user.refresh_from_db()
    assert user.latin_name == ""
