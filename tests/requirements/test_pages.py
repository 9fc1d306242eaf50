"""Public pages of rule sets."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from certification.requirements import library
from certification.requirements.models import RuleSet
from certification.requirements.selectors import spec_for
from certification.requirements.services import import_pack, import_rules
from tests.rules.making import pack

pytestmark = pytest.mark.django_db


def _text(answer: Any) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def test_the_list_has_three_groups_and_counts_older_versions(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    for label in library.product_packs():
        import_pack(label=label)
    client.get("/rules/")
    with django_assert_max_num_queries(3):
        answer = client.get("/rules/")
    text = _text(answer)
    licenses, rest = text.split("Certificates and continuing education")
    further, samples = rest.split("Samples of our own")
    assert "Georgia massage therapist license" in licenses
    assert re.search(r"us-wa-massage@2 and 1 older", licenses)
    assert "NCBTMB Board Certification renewal" in further
    assert "Medical Massage Practitioner, 300 hours" in samples
    assert "us-wa-massage@1" not in text.replace("us-wa-massage@2", "")


def test_the_list_is_searched_by_every_word(client: Client) -> None:
    for label in ("us-ga-massage@1", "us-tx-massage@1", "ce-ga-massage@1"):
        import_pack(label=label)
    text = _text(client.get("/rules/", {"q": "GEORGIA license"}))
    assert "us-ga-massage@1" in text
    assert "ce-ga-massage@1" not in text
    assert "us-tx-massage@1" not in text
    assert "Nothing fits" in _text(client.get("/rules/", {"q": "atlantis"}))
    assert client.get("/rules/", {"q": "%00'\" <b>"}).status_code == 200


def test_an_empty_list_teaches_the_command(client: Client) -> None:
    assert "import_rules" in _text(client.get("/rules/"))


@pytest.mark.parametrize("label", library.product_packs())
def test_every_pack_has_a_page_that_shows_its_numbers_and_sources(client: Client, label: str) -> None:
    rule_set = import_pack(label=label)
    answer = client.get(f"/rules/{label}/")
    assert answer.status_code == 200
    text = _text(answer)
    assert rule_set.title in text
    words = {
        "verified": "Read against the text of the rule",
        "unverified": "Check it against the statute before you rely on it",
        "sample": "No board and no certifying body asks for these hours",
    }
    assert words[rule_set.status] in text
    assert "no legal advice" in text
    spec = spec_for(rule_set)
    for source in spec.sources:
        assert source.citation in text
    html = answer.content.decode()
    for code, node in spec.by_code.items():
        assert f'id="category-{code}"' in html
        assert node.title in text
    for overlay in spec.overlays:
        assert f'id="overlay-{overlay.tag}"' in html
    for gate in spec.gates:
        assert f'id="gate-{gate.before}"' in html


def test_a_pack_that_extends_another_leads_to_it(client: Client) -> None:
    import_pack(label="us-fl-massage-b@1")
    assert 'href="/rules/us-fl-massage-a@1/"' in client.get("/rules/us-fl-massage-b@1/").content.decode()


def test_versions_lead_to_each_other(client: Client) -> None:
    for label in ("us-wa-massage@1", "us-wa-massage@2"):
        import_pack(label=label)
    assert 'href="/rules/us-wa-massage@2/"' in client.get("/rules/us-wa-massage@1/").content.decode()


def test_the_text_is_given_byte_for_byte(client: Client) -> None:
    rule_set = import_rules(text=pack("# ünïcode\n"), filename="p.yaml")
    answer = client.get("/rules/small@1.yaml")
    assert answer.content == rule_set.source.encode()
    assert answer["Content-Disposition"] == 'attachment; filename="small@1.yaml"'


def test_what_an_author_writes_is_never_markup(client: Client) -> None:
    text = pack('categories: [{code: a, title: "<script>a</script>"}]\n# not judged: <b>bold</b>\n')
    import_rules(text=text.replace("A small pack", "'<i>Title</i>'"), filename="p.yaml")
    html = client.get("/rules/small@1/").content.decode()
    assert "<script>a" not in html
    assert "<b>bold" not in html
    assert "<i>Title" not in html


@pytest.mark.parametrize("label", ["none@1", "small@2", "small", "small@x", "@1", "small@1@1", "%00@1"])
def test_rule_sets_that_do_not_exist(client: Client, label: str) -> None:
    import_rules(text=pack(), filename="p.yaml")
    assert client.get(f"/rules/{label}/").status_code == 404
    assert client.get(f"/rules/{label}.yaml").status_code == 404
    assert RuleSet.objects.count() == 1
