"""What anyone is told of a code, by page and API: enough, never more, and alike for unknown and hidden."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import Organisation
from accounts.services import change_legal_name
from accounts.templatetags import leaves
from certification import limits
from certification.certificates import services as certificate_services
from certification.certificates.models import Certificate
from certification.codes import code_from_bits
from certification.verification import services
from certification.verification.selectors import status_of
from tests.certificates.making import replaced
from tests.worlds import School

pytestmark = pytest.mark.django_db
UNKNOWN = code_from_bits(12345)


@pytest.fixture(autouse=True)
def _fresh_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    assert limits.MISSES >= 30, "honest people stay far below it"
    monkeypatch.setattr(limits, "MISSES", 8)


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


# ---------------------------------------------------------------- what is told


def test_a_valid_code(certificate: Certificate, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        answer = status_of(certificate.code)
    assert (answer.status, answer.credential, answer.school) == ("valid", "A small program", "Riverbend School")
    assert answer.issued_on == certificate.issued_on
    assert answer.name is None


def test_an_unknown_code_costs_the_same_query(certificate: Certificate, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        answer = status_of(UNKNOWN)
    assert (answer.status, answer.credential, answer.school, answer.issued_on) == ("unknown", None, None, None)


def test_revoked_weighs_more_than_replaced(school: School, certificate: Certificate) -> None:
    fresh = replaced(school, certificate)
    assert status_of(certificate.code).status == "superseded"
    assert status_of(fresh.code).status == "valid"
    certificate_services.revoke_certificate(
        certificate=certificate, by=school.admin, reason="fraud", on=certificate.today()
    )
    answer = status_of(certificate.code)
    assert (answer.status, answer.revoked_on) == ("revoked", certificate.today())


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("Daniela Reyes", "match"),
        ("  DANIELA   reyes ", "match"),
        ("Ｄaniela Reyes", "match"),
        ("Daniela", "differs"),
        ("Daniela Lindqvist", "differs"),
        ("Jun Park", "differs"),
        ("", None),
        ("   ", None),
    ],
)
def test_a_name_is_matched_never_given(certificate: Certificate, asked: str, told: str | None) -> None:
    assert status_of(certificate.code, name=asked).name == told


def test_other_names_of_the_holder_are_not_leaked(school: School, certificate: Certificate) -> None:
    change_legal_name(user=school.learner_user, legal_name="Daniela Lindqvist", until_on=certificate.today())
    assert status_of(certificate.code, name="Daniela Lindqvist").name == "differs"
    assert status_of(certificate.code, name="Daniela Reyes").name == "match"


def test_what_is_no_code_is_refused(certificate: Certificate) -> None:
    with pytest.raises(ValidationError):
        status_of("nonsense")


# ---------------------------------------------------------------- hidden is unknown


def test_hidden_and_unknown_are_alike(school: School, certificate: Certificate) -> None:
    services.set_hidden(certificate=certificate, by=school.learner_user, hidden=True)
    hidden, unknown = certificate.code, UNKNOWN
    for address in ("/api/v1/verify/{}", "/api/v1/verify/{}?name=Daniela+Reyes", "/verify/{}", "/certificates/{}.pdf"):
        one, other = Client().get(address.format(hidden)), Client().get(address.format(unknown))
        assert one.status_code == other.status_code, address
        strip = re.compile(rb"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]|\d\d:\d\d")
        assert strip.sub(b"", one.content) == strip.sub(b"", other.content), address
        headers = [{k: v for k, v in r.headers.items() if k != "X-Request-Id"} for r in (one, other)]
        assert headers[0] == headers[1], address
    services.set_hidden(certificate=certificate, by=school.learner_user, hidden=False)
    assert status_of(hidden).status == "valid"


def test_only_the_graduate_hides(school: School, certificate: Certificate) -> None:
    for other in (school.registrar, school.other_learner_user):
        with pytest.raises(ValidationError):
            services.set_hidden(certificate=certificate, by=other, hidden=True)
    assert status_of(certificate.code).status == "valid"


# ---------------------------------------------------------------- API


def test_the_api_says_what_the_contract_says(certificate: Certificate) -> None:
    response = Client().get(f"/api/v1/verify/{certificate.code}")
    assert response.status_code == 200
    assert response.json() == {
        "status": "valid",
        "credential": "A small program",
        "school": "Riverbend School",
        "issued_on": certificate.issued_on.isoformat(),
        "kind": "completion",
    }
    assert response["Cache-Control"] == "no-store"
    typed = certificate.code.lower().replace("-", " ")
    assert Client().get(f"/api/v1/verify/{typed}", {"name": "daniela reyes"}).json()["name"] == "match"
    assert Client().get(f"/api/v1/verify/{certificate.code}?name=Jun+Park").json()["name"] == "differs"
    assert Client().get(f"/api/v1/verify/{UNKNOWN}").json() == {
        "status": "unknown", "credential": None, "school": None, "issued_on": None, "kind": None,
    }  # fmt: skip
    assert Client().get(f"/api/v1/verify/{UNKNOWN}?name=x").json()["name"] == "differs"


@pytest.mark.parametrize("bad", ["nonsense", "7K4D-Q9XW-3HTR-M2VC-G", "%00", "*", "7K4D" * 500])
def test_the_api_answers_what_is_no_code_by_a_problem_document(bad: str, db: None) -> None:
    response = Client().get(f"/api/v1/verify/{bad}")
    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["title"]


def test_a_name_beyond_measure_is_a_problem_document(certificate: Certificate) -> None:
    assert Client().get(f"/api/v1/verify/{certificate.code}", {"name": "x" * 301}).status_code == 422


# ---------------------------------------------------------------- page


def test_the_page_gives_the_verdict_and_no_name(certificate: Certificate, django_assert_max_num_queries: Any) -> None:
    Client().get("/verify/")
    with django_assert_max_num_queries(3):
        page = Client().get(f"/verify/{certificate.code}")
    said = text_of(page)
    assert "This certificate is valid" in said
    assert "Riverbend School stands behind this certificate today." in said
    assert "A small program" in said
    for secret in ("Daniela", "Reyes", "10 h", "6 h", "Helen", "Raman", "example.org"):
        assert secret not in said
    assert page["Cache-Control"] == "private, no-store"
    assert "noindex" in page["X-Robots-Tag"]
    assert page["Referrer-Policy"] == "same-origin"


def test_a_typed_name_is_compared_by_post_and_by_get(certificate: Certificate) -> None:
    address = f"/verify/{certificate.code}"
    assert "The name matches" in text_of(Client().post(address, {"name": "daniela reyes"}))
    assert "The name matches" in text_of(Client().get(address, {"name": "Daniela Reyes"}))
    differs = Client().post(address, {"name": "<b>Jun Park</b>"})
    assert "The name differs" in text_of(differs)
    assert "&lt;b&gt;Jun Park" in differs.content.decode()
    assert "Daniela" not in text_of(differs)


def test_each_state_has_its_words(school: School, certificate: Certificate) -> None:
    fresh = replaced(school, certificate)
    assert "This certificate was replaced" in text_of(Client().get(f"/verify/{certificate.code}"))
    certificate_services.revoke_certificate(certificate=fresh, by=school.admin, reason="fraud", on=fresh.today())
    said = text_of(Client().get(f"/verify/{fresh.code}"))
    assert "This certificate was revoked" in said
    assert "false statements" not in said, "the reason is not for everybody"
    page = Client().get(f"/verify/{UNKNOWN}")
    assert page.status_code == 200
    assert "No certificate has this code" in text_of(page)


def test_the_form_leads_to_the_answer_and_keeps_a_mistake(certificate: Certificate) -> None:
    typed = certificate.code.lower().replace("-", " ")
    found = Client().get("/verify/", {"code": typed, "name": "Jun Park"}, follow=True)
    assert found.redirect_chain == [(f"/verify/{certificate.code}?name=Jun+Park", 302)]
    wrong = Client().get("/verify/", {"code": '7k4d-q9xw"><b>'})
    assert wrong.status_code == 200
    assert "no code has the character" in text_of(wrong)
    assert 'value="7k4d-q9xw&quot;&gt;&lt;b&gt;"' in wrong.content.decode()
    assert 'aria-invalid="true"' in wrong.content.decode()
    address = Client().get("/verify/7K4D-Q9XW-3HTR-M2VC-G")
    assert address.status_code == 404
    assert "typing mistake" in text_of(address)
    assert 'value="7K4D-Q9XW-3HTR-M2VC-G"' in address.content.decode()


@pytest.mark.parametrize(
    "hostile", ["%00", "%F0%9F%98%80", "a" * 3000, "%27%20OR%201=1--", "..%2f..%2f", "7K4D\u200bQ9XW"]
)
def test_no_address_breaks_the_page(hostile: str, db: None) -> None:
    assert Client().get(f"/verify/{hostile}").status_code in (404, 200)
    assert Client().get("/verify/", {"code": hostile}).status_code == 200
    assert Client().get(f"/certificates/{hostile}.pdf").status_code == 404


# ---------------------------------------------------------------- the limit


def test_guessing_is_slowed_over_page_and_api_together(certificate: Certificate) -> None:
    for number in range(limits.MISSES):
        face = "/verify/" if number % 2 else "/api/v1/verify/"
        assert Client().get(face + code_from_bits(number + 1)).status_code == 200
    page, api = Client().get(f"/verify/{UNKNOWN}"), Client().get(f"/api/v1/verify/{UNKNOWN}")
    assert (page.status_code, api.status_code) == (429, 429)
    assert int(page["Retry-After"]) > 0
    assert int(api["Retry-After"]) > 0
    assert "Too many wrong codes" in text_of(page)
    assert api["Content-Type"] == "application/problem+json"
    assert Client().get(f"/certificates/{UNKNOWN}.pdf").status_code == 429
    claimed = Client().get(f"/verify/{UNKNOWN}", headers={"x-forwarded-for": "203.0.113.9"})
    assert claimed.status_code == 429, "a forwarded header that no proxy of ours wrote dodges nothing"
    assert Client(REMOTE_ADDR="198.51.100.7").get(f"/verify/{UNKNOWN}").status_code == 200


def test_guessing_names_counts_too(certificate: Certificate) -> None:
    for number in range(limits.MISSES):
        Client().post(f"/verify/{certificate.code}", {"name": f"Guess {number}"})
    assert Client().get(f"/verify/{certificate.code}").status_code == 429


def test_honest_people_never_meet_the_limit(certificate: Certificate) -> None:
    for _again in range(limits.MISSES + 5):
        assert Client().get(f"/api/v1/verify/{certificate.code}?name=Daniela+Reyes").status_code == 200
        assert Client().get("/verify/", {"code": "7K4D-Q9XW-3HTR-M2VC-G"}).status_code == 200


def test_behind_a_trusted_proxy_its_word_counts(rf: Any, settings: Any) -> None:
    claimed = rf.get("/", headers={"x-forwarded-for": "203.0.113.9, 198.51.100.7"})
    assert limits.client_address(claimed) == "127.0.0.1"
    settings.TRUSTED_PROXY_COUNT = 1
    assert limits.client_address(claimed) == "198.51.100.7"
    settings.TRUSTED_PROXY_COUNT = 3
    assert limits.client_address(claimed) == "127.0.0.1", "fewer hops than proxies: somebody came past them"
    settings.TRUSTED_PROXY_COUNT = 1
    six = [rf.get("/", headers={"x-forwarded-for": f"2001:db8:1:2::{n}"}) for n in (1, 2)]
    assert limits.client_address(six[0]) == limits.client_address(six[1]) == "2001:db8:1:2::"
    assert limits.client_address(rf.get("/", headers={"x-forwarded-for": "rubbish"})) == "unknown"
    for told, counted in (
        ("198.51.100.7:49152", "198.51.100.7"),
        ("[2001:db8:1:2::9]:443", "2001:db8:1:2::"),
        ("[2001:db8:1:2::9]", "2001:db8:1:2::"),
        ("198.51.100.7:49152:1", "unknown"),
        ("[198.51.100.7", "198.51.100.7"),
        ("[]", "unknown"),
    ):
        asked = rf.get("/", headers={"x-forwarded-for": told})
        assert limits.client_address(asked) == counted, "a proxy that adds a port throws nobody in with all others"


@pytest.mark.parametrize(
    "face", ["/certificates/{}.pdf", "/certificates/{}.json", "/transcripts/{}.pdf", "/api/v1/verify/{}x"]
)
def test_a_refusal_is_kept_by_nobody_on_the_way(certificate: Certificate, face: str) -> None:
    for code in (certificate.code, UNKNOWN):
        answer = Client().get(face.format(code))
        assert answer.status_code in (404, 422)
        assert "no-store" in answer["Cache-Control"] and "noindex" in answer["X-Robots-Tag"]


def test_a_name_that_differs_stands_right_beneath_the_verdict(certificate: Certificate) -> None:
    page = Client().post(f"/verify/{certificate.code}", {"name": "Jun Park"}).content.decode()
    assert page.index("The name differs") < page.index('id="h-cert"')


# ---------------------------------------------------------------- what a process keeps of the page


def page_of(code: str, query: str = "") -> str:
    cache.clear()
    # The minute of the check stands on it.
    return re.sub(r"\d\d:\d\d UTC", "", Client().get(f"/verify/{code}{query}").content.decode())


@pytest.mark.parametrize("query", ["", "?name=Daniela+Reyes", "?name=Jun+Park"])
def test_the_page_is_what_it_would_be_made_anew(school: School, certificate: Certificate, query: str) -> None:
    """Whatever was asked before: of this certificate, of another in another state, with another name."""
    fresh = replaced(school, certificate)
    codes = [certificate.code, fresh.code, UNKNOWN]
    anew = {}
    for code in codes:
        leaves.forget()
        anew[code] = page_of(code, query)
    assert len(set(anew.values())) == len(codes)
    leaves.forget()
    for before in ("", "?name=Jun+Park", "?name=Daniela+Reyes"):
        for code in codes:
            page_of(code, before)
    for code in codes:
        assert page_of(code, query) == anew[code]


def test_a_changed_state_is_seen_at_once(school: School, certificate: Certificate) -> None:
    assert "This certificate is valid" in page_of(certificate.code)
    services.set_hidden(certificate=certificate, by=school.learner_user, hidden=True)
    assert "No certificate has this code" in page_of(certificate.code)
    services.set_hidden(certificate=certificate, by=school.learner_user, hidden=False)
    Organisation.objects.filter(pk=school.school.pk).update(closed_on=certificate.today() - timedelta(days=1))
    assert "The school has closed" in page_of(certificate.code)
    Organisation.objects.filter(pk=school.school.pk).update(custodian="State Archive")
    assert "Its records are kept by State Archive." in page_of(certificate.code)
    certificate_services.revoke_certificate(
        certificate=certificate, by=school.admin, reason="fraud", on=certificate.today()
    )
    assert "This certificate was revoked" in page_of(certificate.code)


def test_neither_a_name_nor_a_code_is_kept(certificate: Certificate) -> None:
    leaves.forget()
    for code in (certificate.code, UNKNOWN, code_from_bits(99)):
        for query in ("?name=Daniela+Reyes", "?name=Somebody+Else", ""):
            page_of(code, query)
    assert len(leaves._made) > 5, "or this looks at nothing"
    for key, made in leaves._made.items():
        for private in ("Daniela", "Somebody", certificate.code, UNKNOWN, "csrfmiddlewaretoken"):
            assert private not in made, key
            assert private not in repr(key)


def test_a_stranger_gets_no_cookie_and_asks_without_a_token(certificate: Certificate) -> None:
    browser = Client(enforce_csrf_checks=True)
    assert "csrfmiddlewaretoken" not in browser.get(f"/verify/{certificate.code}").content.decode()
    answer = browser.post(f"/verify/{certificate.code}", {"name": "Daniela Reyes"})
    assert answer.status_code == 200
    assert "The name matches" in answer.content.decode()
    assert not browser.cookies
    # What is done in somebody's name still asks for the token.
    assert browser.post(f"/certificates/{certificate.code}/hide/").status_code in (302, 403)
