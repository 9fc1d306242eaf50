"""The desk of whoever checks: one certificate, its receipt, what was asked before, and the keys of programs."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from accounts.services import ensure_user, grant_role
from certification.certificates.models import Certificate
from certification.certificates.services import revoke_certificate
from certification.codes import code_from_bits, parse_code
from certification.verification import probing
from certification.verification.models import ApiKey, Check, Consent, Disclosure
from certification.verification.offline import check_file, read_did_document
from certification.verification.services import BadLinesError, stop_checking, withdraw_consent
from certification.verification.verdicts import Asked
from tests.sharing import share
from tests.verification.asking import a_key, ask, college
from tests.worlds import School

pytestmark = pytest.mark.django_db
UNKNOWN = code_from_bits(777)


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


@pytest.fixture
def tidewater(certificate: Certificate) -> Any:
    return college()


@pytest.fixture
def desk(tidewater: Any) -> Client:
    client = Client()
    client.force_login(tidewater[1], backend="accounts.backends.EmailBackend")
    return client


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def post(desk: Client, **fields: str) -> Any:
    return desk.post("/checks/", {"key": str(uuid4()), "code": "", "name": "", "claims": "", **fields})


def test_one_check_from_form_to_receipt(certificate: Certificate, tidewater: Any, desk: Client) -> None:
    share(certificate, party=tidewater[0])
    page = desk.get("/checks/")
    assert "Nothing checked yet" in text_of(page)
    assert "no-store" in page["Cache-Control"]
    answer = post(desk, code=certificate.code.lower(), name="Daniela Reyes", claims="mfr 360\n total: 601\n")
    check = Check.objects.get()
    assert answer["Location"] == f"/checks/{check.uuid}/"
    shown = text_of(desk.get(answer["Location"]))
    assert "It was valid when you checked" in shown
    assert "The name matches" in shown
    assert "mfr 360 min: matches" in shown
    assert "total 601 min: differs" in shown
    assert "Daniela" not in shown
    receipt = desk.get(f"/checks/{check.uuid}/receipt.json")
    assert receipt["Content-Disposition"] == f'attachment; filename="receipt-{check.uuid}.json"'
    trusted = read_did_document(Client().get("/.well-known/did.json").content.decode())
    assert check_file(receipt.content, trusted, timezone.now()).holds
    listed = text_of(desk.get("/checks/history/"))
    assert "One code" in listed
    assert "By Clara Clerk" in listed


def test_a_double_click_is_one_check(certificate: Certificate, desk: Client) -> None:
    key = str(uuid4())
    first, second = (post(desk, code=certificate.code, key=key) for _ in range(2))
    assert first["Location"] == second["Location"]
    old = post(desk, code=UNKNOWN, key=key)
    assert old["Location"] == "/checks/?organisation=tidewater", "an old page with other words asks nothing"
    assert Check.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Type the code"),
        ({"code": "7K4D"}, "17"),
        ({"code": UNKNOWN, "claims": "500 hours"}, "is no claim"),
        ({"code": UNKNOWN, "claims": "total 1\ntotal 2"}, "stands twice"),
    ],
)
def test_what_cannot_be_asked_is_kept_and_said(
    certificate: Certificate, desk: Client, fields: dict[str, str], said: str
) -> None:
    answer = post(desk, name="Xaver", **fields)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert 'value="Xaver"' in answer.content.decode()
    assert not Check.objects.exists()


def test_who_guesses_reads_when_to_come_again(
    certificate: Certificate, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probing, "MISSES", 1)
    assert [post(desk, code=UNKNOWN).status_code for _ in range(3)] == [302, 302, 429]
    assert "nothing is answered for 30 minutes" in text_of(post(desk, code=certificate.code))


def test_what_another_organisation_asked_and_keeps_is_not_there(
    certificate: Certificate, tidewater: Any, desk: Client
) -> None:
    inland = college("inland")
    theirs, key = ask(*inland, *[_asked(certificate.code)]), a_key(*inland)[0]
    for address in (f"/checks/{theirs.uuid}/", f"/checks/{theirs.uuid}/receipt.json", "/checks/?organisation=inland"):
        assert desk.get(address).status_code == 404
    for act in ("rotate", "revoke"):
        assert desk.post(f"/checks/keys/{key.uuid}/{act}/").status_code == 404
    key.refresh_from_db()
    assert key.revoked_at is None
    grant_role(user=tidewater[1], organisation=inland[0], role="verifier")
    assert desk.get(f"/checks/{theirs.uuid}/").status_code == 200
    assert "Tidewater College" in text_of(desk.get("/checks/?organisation=inland"))


def _asked(code: str) -> Any:
    from certification.verification.verdicts import Asked

    return Asked(code)


def test_a_learner_has_no_desk(certificate: Certificate, school: School) -> None:
    learner = school.client(school.learner_user)
    for address in ("/checks/", "/checks/history/", "/checks/keys/"):
        assert learner.get(address).status_code == 403
        assert "login" in Client().get(address)["Location"]
    assert school.client(school.registrar).get("/checks/").status_code == 200


def test_a_key_is_shown_once_replaced_and_revoked(certificate: Certificate, desk: Client) -> None:
    assert "No keys yet" in text_of(desk.get("/checks/keys/"))
    given = {
        "key": str(uuid4()),
        "label": "Admissions",
        "scopes": ["check"],
        "expires_on": timezone.now().date().isoformat(),
    }
    made = desk.post("/checks/keys/", given)
    secret = re.search(r"palmar_[\w-]{43}", made.content.decode())
    assert secret
    assert "no-store" in made["Cache-Control"]
    again = desk.post("/checks/keys/", given)
    assert "was made already" in text_of(again)
    for page in (again, desk.get("/checks/keys/")):
        assert secret[0] not in page.content.decode()
    key = ApiKey.objects.get()
    replaced = desk.post(f"/checks/keys/{key.uuid}/rotate/")
    newer = re.search(r"palmar_[\w-]{43}", replaced.content.decode())
    assert newer
    assert newer[0] != secret[0]
    assert "works for 7 more days" in text_of(replaced)
    body = json.dumps({"items": [{"code": certificate.code}]})

    def call(key: str) -> int:
        return int(
            Client()
            .post(
                "/api/v1/verifications",
                body,
                content_type="application/json",
                headers={"Authorization": f"Bearer {key}"},
            )
            .status_code
        )

    assert [call(secret[0]), call(newer[0])] == [200, 200]
    fresh = ApiKey.objects.get(replaces=key)
    assert desk.post(f"/checks/keys/{fresh.uuid}/revoke/")["Location"] == "/checks/keys/?organisation=tidewater"
    assert [call(secret[0]), call(newer[0])] == [200, 401]
    bad = desk.post("/checks/keys/", {**given, "key": str(uuid4()), "label": "", "scopes": []})
    assert bad.status_code == 422
    assert "Choose what the key may do" in text_of(bad)
    assert ApiKey.objects.count() == 2


def test_the_graduate_reads_who_asked(certificate: Certificate, tidewater: Any, desk: Client, school: School) -> None:
    looks = f"/certificates/{certificate.code}/share/looks/"
    graduate = school.client(school.learner_user)
    assert "Organisations that asked" not in text_of(graduate.get(looks))
    post(desk, code=certificate.code, name="Daniela Reyes", claims="mfr 360")
    shown = text_of(graduate.get(looks))
    assert "Organisations that asked" in shown
    assert "Tidewater College it is valid, the name that they asked matches" in shown
    assert "hours that they asked" not in shown, "without consent nothing was said of them"


def test_what_she_opened_by_name_is_read_at_the_desk(certificate: Certificate, tidewater: Any, desk: Client) -> None:
    organisation, _clerk = tidewater
    at = f"/checks/opened/{certificate.code}/"
    assert desk.get(at).status_code == 404
    made = desk.get(post(desk, code=certificate.code)["Location"])
    assert "Read what was opened" not in text_of(made)
    share(certificate, party=organisation, scope="totals")
    made = desk.get(post(desk, code=certificate.code)["Location"])
    assert "Read what was opened" in text_of(made) and f"{at}?organisation=" in made.content.decode()
    whole = ask(organisation, tidewater[1], Asked(certificate.code), Asked(UNKNOWN), key="two")
    assert text_of(desk.get(f"/checks/{whole.uuid}/")).count("Read what was opened") == 1
    page = desk.get(at)
    assert "Daniela Reyes" in text_of(page) and "Hours that count, by subject" in text_of(page)
    assert "no-store" in page["Cache-Control"] and f"{at}certificate.pdf" in page.content.decode()
    crumbs = page.content.decode().partition('class="crumbs"')[2].partition("</nav>")[0]
    assert "/checks/?organisation=tidewater" in crumbs and "/checks/history/?organisation=tidewater" in crumbs
    assert f"{at}transcript.pdf" not in page.content.decode(), "totals do not reach it"
    assert desk.get(f"{at}certificate.pdf").content.startswith(b"%PDF")
    assert desk.get(f"{at}transcript.pdf").status_code == 404
    wide, _none = share(certificate, party=organisation, scope="transcript")
    assert desk.get(f"{at}transcript.pdf?download")["Content-Disposition"].startswith("attachment")
    looks = [(look.face, look.told, look.who) for look in Disclosure.objects.filter(face="desk").order_by("pk")]
    assert [look for look in looks if "totals" in look[1] or "pdf" in look[1] or "transcript" in look[1]] == [
        ("desk", "valid, name, totals", organisation.name),
        ("desk", "valid, pdf", organisation.name),
        ("desk", "valid, transcript", organisation.name),
    ]
    for consent in Consent.objects.all():
        withdraw_consent(consent=consent, by=consent.granted_by)
    assert [desk.get(f"{at}{end}").status_code for end in ("", "certificate.pdf", "transcript.pdf")] == [404] * 3
    assert Disclosure.objects.filter(consent=wide).count() == 1


def test_a_stopped_organisation_reads_nothing(certificate: Certificate, tidewater: Any, desk: Client) -> None:
    organisation, clerk = tidewater
    share(certificate, party=organisation)
    platform = ensure_user(email="platform@example.org", legal_name="Pia Platform", superuser=True)
    at = f"/checks/opened/{certificate.code}/"
    assert desk.get(at).status_code == 200
    made = ask(organisation, clerk, Asked(certificate.code))
    stop_checking(organisation=organisation, words="Guessing.", by=platform)
    assert desk.get(at).status_code == 404
    assert "Read what was opened" not in text_of(desk.get(f"/checks/{made.uuid}/"))


def test_of_one_code_three_names_are_asked_at_most(certificate: Certificate, tidewater: Any) -> None:
    organisation, clerk = tidewater
    names = ["Daniela Reyes", "Jun Park", "daniela  reyes", "Ana Ito"]
    ask(organisation, clerk, *(Asked(certificate.code, name) for name in names))
    with pytest.raises(BadLinesError) as refused:
        ask(organisation, clerk, *(Asked(certificate.code, name) for name in [*names, "Eva Lund"]), key="two")
    assert [(line.position, line.field, line.message) for line in refused.value.lines] == [
        (4, "name", "Ask at most 3 names of one code.")
    ]
    assert Check.objects.count() == 1


def test_one_list_hides_no_other_organisation(
    certificate: Certificate, tidewater: Any, school: School, django_assert_max_num_queries: Any
) -> None:
    organisation, clerk = tidewater
    inland = college("inland")
    ask(*inland, Asked(certificate.code))
    lines = [Asked(certificate.code, name) for name in ("", "Daniela Reyes", "Jun Park") for _again in range(40)]
    ask(organisation, clerk, *lines)
    shown = text_of(school.client(school.learner_user).get(f"/certificates/{certificate.code}/share/looks/"))
    assert shown.count(organisation.name) == 3, "once for each answer"
    assert inland[0].name in shown
    revoke_certificate(certificate=certificate, by=school.registrar, reason="order", on=certificate.today())
    told = text_of(school.client(school.registrar).get(f"/desk/certificates/told/{certificate.code}/"))
    assert told.count(organisation.name) == told.count(inland[0].name) == 1


def test_of_many_lines_the_sums_stand_above_them(certificate: Certificate, tidewater: Any, desk: Client) -> None:
    organisation, clerk = tidewater
    share(certificate, party=organisation)
    total = certificate.facts["totals"]["total"]["counted"]
    made = ask(
        organisation, clerk, Asked(certificate.code, "Daniela Reyes", {"TOTAL": total}), Asked(certificate.code, "Jun Park"),
        Asked(certificate.code, claims={"total": 1}), Asked(UNKNOWN, "Jun Park"),
    )  # fmt: skip
    shown = text_of(desk.get(f"/checks/{made.uuid}/"))
    for words in ("Unknown1", "Another name1", "Another number of hours1", "Valid3"):
        assert words in shown.replace(" ", "").replace("Anothername", "Another name").replace(
            "Anothernumberofhours", "Another number of hours"
        ), words

    def shown_alone(kind: str) -> tuple[int, set[str]]:
        body = desk.get(f"/checks/{made.uuid}/?show={kind}").content.decode().partition("<tbody")[2]
        rows = body.partition("</tbody>")[0]
        return rows.count("<tr"), set(re.findall(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}-[0-9A-Z]", rows))

    assert shown_alone("unknown") == (1, {UNKNOWN})
    assert shown_alone("name") == shown_alone("claims") == (1, {certificate.code})
    assert shown_alone("valid") == (3, {certificate.code}) and shown_alone("revoked") == (0, set())
    assert shown_alone("nonsense")[0] == 4
    only = text_of(desk.get(f"/checks/{made.uuid}/?show=name"))
    assert "Shown are those alone: Another name." in only and "Show all" in only
    assert "Follow a number" in shown
    alike = ask(organisation, clerk, Asked(UNKNOWN), Asked(UNKNOWN), key="two")
    assert "Follow a number" not in text_of(desk.get(f"/checks/{alike.uuid}/")), "nothing there leads on"


def test_who_was_stopped_reads_it_before_asking_and_makes_no_key(
    certificate: Certificate, tidewater: Any, desk: Client
) -> None:
    organisation, clerk = tidewater
    platform = ensure_user(email="platform@example.org", legal_name="Pia Platform", superuser=True)
    stop_checking(organisation=organisation, words="Guessing names.", by=platform)
    for address in ("/checks/", "/checks/file/", "/checks/history/"):
        assert "Guessing names." in text_of(desk.get(address)), address
    grant_role(user=clerk, organisation=organisation, role="manager")
    with pytest.raises(ValidationError, match="was stopped"):
        a_key(organisation, clerk)


def test_the_page_for_programs_has_codes_that_are_codes() -> None:
    page = (settings.BASE_DIR / "docs/checks.md").read_text()
    codes = set(re.findall(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}-[0-9A-Z]", page))
    assert codes and all(parse_code(code) for code in codes), "each has its check sign"
    keys = re.findall(r"Idempotency-Key: ([\w-]+)|key=\"([\w-]+)\"", page)
    assert len(keys) == 2 == len({first or second for first, second in keys}), "two bodies, two keys"
