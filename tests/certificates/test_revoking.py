"""One person stops a certificate at once; a second stands for it soon after; what happened is for the school's file."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.services import end_role
from certification.certificates import services
from certification.certificates.models import Certificate, Revocation, RevocationConfirmation
from certification.certificates.selectors import today_at, unconfirmed_revocations
from certification.records.services import erase_words
from notices.models import Message
from tests.certificates.test_pages import desk, text_of
from tests.worlds import School

pytestmark = pytest.mark.django_db
WORDS = "Two witnesses say that Jun sat the test for her."


def revoke(school: School, certificate: Certificate, **values: Any) -> Revocation:
    asked = {"by": school.registrar, "reason": "fraud", "on": certificate.today(), "words": WORDS}
    return services.revoke_certificate(certificate=certificate, **{**asked, **values})


def test_one_person_revokes_at_once_and_a_second_confirms(school: School, certificate: Certificate) -> None:
    revocation = revoke(school, certificate)
    assert Certificate.objects.get().state == "revoked", "a fraud is stopped at once"
    assert unconfirmed_revocations([school.school]) == [revocation]
    with pytest.raises(ValidationError, match="You revoked it, so another registrar must confirm"):
        services.confirm_revocation(revocation=revocation, by=school.registrar)
    for stranger in (school.instructor, school.foreign_registrar, school.learner_user):
        with pytest.raises(ValidationError):
            services.confirm_revocation(revocation=revocation, by=stranger)
    done = services.confirm_revocation(revocation=revocation, by=school.second_registrar)
    assert services.confirm_revocation(revocation=revocation, by=school.admin) == done
    assert done.by == school.second_registrar
    assert unconfirmed_revocations([school.school]) == []


def test_the_desk_says_that_one_waits_for_a_second_person(school: School, certificate: Certificate) -> None:
    mine, colleague = school.client(school.registrar), school.client(school.second_registrar)
    assert "to confirm" not in text_of(colleague.get("/desk/"))
    revocation = revoke(school, certificate)
    assert "1revocation to confirm" in text_of(colleague.get("/desk/"))
    assert "0revocations to confirm1 more waits for a colleague" in text_of(mine.get("/desk/"))
    assert "to confirm" not in text_of(school.client(school.foreign_registrar).get("/desk/"))
    services.confirm_revocation(revocation=revocation, by=school.second_registrar)
    assert "to confirm" not in text_of(colleague.get("/desk/"))


def test_her_page_of_a_revoked_one_tells_her_to_send_it_nowhere(school: School, certificate: Certificate) -> None:
    hers = school.client(school.learner_user)
    page = text_of(hers.get(f"/certificates/{certificate.code}/"))
    assert "What to do with it" in page and "for good: it does not expire" in page
    revoke(school, certificate)
    page = text_of(hers.get(f"/certificates/{certificate.code}/"))
    assert "It proves nothing any more" in page and "All files" in page
    assert "What to do with it" not in page and "for good: it does not expire" not in page


def test_neither_the_register_nor_a_closed_school_stops_a_revocation(school: School, certificate: Certificate) -> None:
    day = today_at(school.school)
    services.end_signer(signer=school.admin.signer_entries.get(), until_on=day - timedelta(days=1), by=school.admin)
    school.school.closed_on = day - timedelta(days=1)
    school.school.save()
    assert revoke(school, certificate, by=school.admin)
    assert Certificate.objects.get().state == "revoked"


def test_who_left_confirms_nothing(school: School, certificate: Certificate) -> None:
    revocation = revoke(school, certificate)
    end_role(user=school.second_registrar, organisation=school.school, role="registrar")
    with pytest.raises(ValidationError, match="Only a registrar or administrator"):
        services.confirm_revocation(revocation=revocation, by=school.second_registrar)


def test_the_words_are_for_the_desk_alone(school: School, certificate: Certificate, client: Any) -> None:
    revoke(school, certificate)
    assert WORDS in text_of(school.client(school.admin).get(desk("record", certificate.record)))
    assert WORDS not in text_of(school.client(school.learner_user).get("/certificates/"))
    assert WORDS not in text_of(client.get(f"/verify/{certificate.code}"))
    assert not Message.objects.filter(body__contains=WORDS).exists()


def test_the_desk_shows_what_waits_and_what_is_late(
    school: School, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = certificate.record
    mine, other = school.client(school.registrar), school.client(school.second_registrar)
    mine.post(desk("revoke", record), {"reason": "fraud", "revoked_on": str(certificate.today()), "words": WORDS})
    assert Revocation.objects.get().words == WORDS
    assert "Revocations to confirm" in text_of(mine.get("/desk/certificates/"))
    assert "Confirm the revocation" not in text_of(mine.get(desk("record", record)))
    named = {"code": certificate.code}
    alone = mine.post(desk("confirm", record), named)
    assert alone.status_code == 422
    assert "You revoked it" in text_of(alone)
    listed = text_of(other.get("/desk/certificates/"))
    assert "Look and confirm" in listed
    assert "Late" not in listed
    later = timezone.now() + timedelta(days=8)
    with monkeypatch.context() as patch:
        patch.setattr(timezone, "now", lambda: later)
        assert "Late" in text_of(other.get("/desk/certificates/"))
    assert "Confirm the revocation" in text_of(other.get(desk("record", record)))
    assert "Both of you stand for the revocation." in text_of(other.post(desk("confirm", record), named, follow=True))
    assert "no revocation to confirm" in text_of(other.post(desk("confirm", record), named, follow=True))
    assert "Revocations to confirm" not in text_of(other.get("/desk/certificates/"))


def test_a_second_person_confirms_the_one_that_she_looked_at(school: School, certificate: Certificate) -> None:
    record = certificate.record
    first = services.issue_certificate(
        proposal=services.propose_certificate(record=record, by=school.registrar, kind="letter"),
        by=school.second_registrar,
    )
    revoke(school, first)
    revoke(school, certificate)
    letter = services.issue_certificate(  # follows the revoked one, which stands among the earlier ones
        proposal=services.propose_certificate(record=record, by=school.registrar, kind="letter"),
        by=school.second_registrar,
    )
    other = school.client(school.second_registrar)
    listed = other.get("/desk/certificates/").content.decode()
    assert f'href="{desk("record", record)}?kind=letter">Look and confirm' in listed
    page = other.get(desk("record", record) + "?kind=letter").content.decode()
    assert letter.code in page
    assert f'name="code" value="{first.code}"' in page, "the button stands beside what was issued before"
    other.post(desk("confirm", record), {"code": certificate.code})
    assert [one.revocation.certificate for one in RevocationConfirmation.objects.all()] == [certificate]
    asked = {"kind": "letter", "code": first.code}
    assert other.post(desk("confirm", record), asked)["Location"] == desk("record", record) + "?kind=letter"
    assert RevocationConfirmation.objects.count() == 2
    assert "no revocation to confirm" in text_of(other.post(desk("confirm", record), {"code": "x"}, follow=True))


# ---------------------------------------------------------------- attacks by SQL


def attack(sql: str, *values: Any, says: str = "") -> None:
    with pytest.raises(IntegrityError, match=says or None), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_a_confirmation_is_a_second_persons_and_stays(school: School, certificate: Certificate) -> None:
    revocation = revoke(school, certificate)
    with pytest.raises(IntegrityError, match="never confirmed by who revoked"), transaction.atomic():
        RevocationConfirmation.objects.create(revocation=revocation, by=school.registrar)
    services.confirm_revocation(revocation=revocation, by=school.admin)
    attack("UPDATE certificates_revocationconfirmation SET by_id = %s", school.registrar.pk, says="never changed")
    attack("DELETE FROM certificates_revocationconfirmation", says="never deleted")
    attack("UPDATE certificates_revocation SET words = 'kinder'", says="never changed")


def test_its_words_go_with_the_words_behind_the_record_and_nothing_else(
    school: School, certificate: Certificate
) -> None:
    revocation = revoke(school, certificate)
    bare = "UPDATE certificates_revocation SET words = '', erased_at = %s"
    attack(bare, "2034-01-01 00:00:00+00:00", says="never erased without a ground")
    assert services.words_behind_certificates(record=certificate.record) == 1
    erase_words(record=certificate.record, basis="asked")
    attack(bare + ", reason = 'asked'", "2034-01-01 00:00:00+00:00", says="never changes in anything else")
    attack(bare.replace("''", "'x'"), "2034-01-01 00:00:00+00:00", says="never changes in anything else")
    assert services.erase_certificate_words(record=certificate.record) == 1
    assert services.erase_certificate_words(record=certificate.record) == 0
    revocation.refresh_from_db()
    assert (revocation.words, revocation.reason, revocation.by) == ("", "fraud", school.registrar)
    assert Certificate.objects.get().state == "revoked"
