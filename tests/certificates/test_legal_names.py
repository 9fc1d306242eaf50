"""A registrar writes a new legal name down, the learner is told, and what was issued keeps the old one until it is replaced."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.services import close_account, grant_role
from certification.certificates.models import Certificate
from certification.certificates.services import write_legal_name
from certification.records.models import TrainingRecord
from notices.models import Message
from tests.certificates.making import replaced
from tests.certificates.test_pages import desk, text_of
from tests.worlds import School

pytestmark = pytest.mark.django_db
NEW = "Daniela Nguyễn-Reyes"


def told() -> list[Message]:
    return list(Message.objects.filter(key__startswith="name:"))


def test_a_new_name_is_written_on_the_records_page_and_replaces_the_certificate(
    school: School, certificate: Certificate
) -> None:
    record, client = certificate.record, school.client(school.registrar)
    assert "Another legal name" in text_of(client.get(desk("record", record)))
    done = client.post(desk("legal_name", record), {"legal_name": f"  {NEW}  "}, follow=True)
    assert "The learner gets a mail" in text_of(done) and NEW in text_of(done)
    learner = User.objects.get(pk=school.learner_user.pk)
    assert learner.legal_name == NEW
    (former,) = learner.former_names.all()
    assert former.legal_name == certificate.holder_name
    (mail,) = told()
    assert mail.to == learner.email
    for words in (certificate.holder_name, NEW, school.registrar.get_full_name(), "answer this mail"):
        assert words in mail.body
    old = Certificate.objects.get(pk=certificate.pk)
    assert old.holder_name == "Daniela Reyes" and old.state == "valid", "nothing that was issued changes by it"
    fresh = replaced(school, old, "name_changed")
    assert (fresh.holder_name, Certificate.objects.get(pk=old.pk).state) == (NEW, "superseded")


def test_the_same_name_again_changes_nothing_and_tells_nobody(school: School, ready: TrainingRecord) -> None:
    client = school.client(school.registrar)
    for _time in range(2):
        assert client.post(desk("legal_name", ready), {"legal_name": NEW}).status_code == 302
    assert len(told()) == 1
    assert User.objects.get(pk=school.learner_user.pk).former_names.count() == 1


def test_without_a_legal_name_the_page_opens_where_it_is_written(school: School, ready: TrainingRecord) -> None:
    User.objects.filter(pk=school.learner_user.pk).update(legal_name="")
    client = school.client(school.registrar)
    said = client.get(desk("record", ready))
    assert "A registrar writes it down on the record’s page" in text_of(said)
    assert '<details class="fold" open' in said.content.decode()
    client.post(desk("legal_name", ready), {"legal_name": NEW})
    assert "There is no legal name" not in text_of(client.get(desk("record", ready)))
    (mail,) = told()
    assert "has written down your legal name" in mail.body


@pytest.mark.parametrize("typed", ["", "   ", "x" * 201])
def test_no_name_or_one_too_long_is_refused_with_a_sentence(school: School, ready: TrainingRecord, typed: str) -> None:
    refused = school.client(school.registrar).post(desk("legal_name", ready), {"legal_name": typed})
    assert refused.status_code == 422
    assert "Write the name as it stands" in text_of(refused) or "at most 200" in text_of(refused)
    assert User.objects.get(pk=school.learner_user.pk).legal_name == "Daniela Reyes"
    assert not told()


@pytest.mark.parametrize("who", ["instructor", "learner_user", "foreign_registrar"])
def test_only_who_signs_for_the_school_writes_it(school: School, ready: TrainingRecord, who: str) -> None:
    with pytest.raises(ValidationError):
        write_legal_name(record=ready, legal_name=NEW, by=getattr(school, who))
    assert school.client(getattr(school, who)).post(desk("legal_name", ready), {"legal_name": NEW}).status_code in (
        403,
        404,
    )
    assert User.objects.get(pk=school.learner_user.pk).legal_name == "Daniela Reyes"


def test_nobody_writes_her_own(school: School, ready: TrainingRecord) -> None:
    grant_role(user=school.learner_user, organisation=school.school, role="registrar")
    refused = school.client(school.learner_user).post(desk("legal_name", ready), {"legal_name": NEW})
    assert refused.status_code == 422 and "another registrar does" in text_of(refused)
    assert f'value="{NEW}"' in refused.content.decode(), "what was typed is kept"
    assert not told()


def test_of_an_account_that_is_gone_the_name_stays(school: School, ready: TrainingRecord, time_machine: Any) -> None:
    close_account(user=school.learner_user, keep_name=True)
    with pytest.raises(ValidationError, match="is gone"):
        write_legal_name(record=ready, legal_name=NEW, by=school.registrar)
    assert User.objects.get(pk=school.learner_user.pk).legal_name == "Daniela Reyes"


def test_the_former_name_ends_on_the_records_day(school: School, ready: TrainingRecord, time_machine: Any) -> None:
    time_machine.move_to("2026-04-02T01:00:00Z", tick=False)  # still the first of April where the school is
    write_legal_name(record=ready, legal_name=NEW, by=school.registrar)
    assert User.objects.get(pk=school.learner_user.pk).former_names.get().until_on == date(2026, 4, 1)
