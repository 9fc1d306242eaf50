"""Policies: other words make a version, each version stays readable as it was, and none of them goes."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from wagtail.models import Page, Revision

from cms.models import HomePage, PolicyPage, PolicyVersion, StandardPage
from cms.services import ensure_policy
from tests.catalog.conftest import staff

from .test_site import words

NOW = "2026-06-01T12:00:00Z"


@pytest.fixture
def policy(whole, site):
    with time_machine.travel(NOW, tick=False):
        yield ensure_policy(
            parent=HomePage.objects.get(),
            school=whole.school,
            content={
                "title": "Refunds", "slug": "refunds", "intro": "What comes back.", "in_force_from": date(2026, 1, 1),
                "blocks": [{"type": "prose", "value": "<p>Everything, for three days.</p>"}],
            },
        )  # fmt: skip


def publish(policy: PolicyPage, **fields) -> PolicyPage:
    draft = policy.get_latest_revision_as_object()
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.full_clean()
    draft.save_revision().publish()
    return PolicyPage.objects.get(pk=policy.pk)


def body(words: str) -> list:
    return [("prose", f"<p>{words}</p>")]


def test_other_words_make_a_version_and_the_same_do_not(policy, client):
    assert [one.number for one in policy.versions.all()] == [1]
    policy = publish(policy, slug="refunds-and-more", search_description="For machines.")
    assert policy.versions.count() == 1, "what people agree to is the same"
    policy = publish(policy, slug="refunds", body=body("Half of it."), in_force_from=date(2026, 5, 1))
    assert [(one.number, one.in_force_from) for one in policy.versions.order_by("number")] == [
        (1, date(2026, 1, 1)), (2, date(2026, 5, 1)),
    ]  # fmt: skip
    now = words(client.get("/refunds/"))
    assert "Half of it." in now and "Everything, for three days." not in now
    assert "Version 2" in now
    then = client.get("/refunds/versions/1/")
    text = words(then)
    assert "Everything, for three days." in text and "Half of it." not in text
    assert "It no longer holds." in text
    assert 'datetime="2026-05-01"' in text, "until when it held"
    assert '<link rel="canonical" href="http://127.0.0.1:8000/refunds/">' in text
    assert then["X-Robots-Tag"] == "noindex"
    assert client.get("/refunds/versions/2/").status_code == 200
    for missing in ("0", "3", "x", "99999999999999999999"):
        assert client.get(f"/refunds/versions/{missing}/").status_code == 404


def test_a_version_that_holds_later_says_which_holds_until_then(policy, client):
    publish(policy, body=body("Half of it."), in_force_from=date(2026, 7, 1))
    text = words(client.get("/refunds/"))
    assert "does not hold before 1 July 2026" in text
    assert '<a href="/refunds/versions/1/">Until then version 1 does.</a>' in text
    assert "It no longer holds." not in words(client.get("/refunds/versions/1/"))


def test_what_no_longer_holds_leads_to_what_does(policy, client):
    policy = publish(policy, body=body("Half of it."), in_force_from=date(2026, 2, 1))
    assert '<a href="/refunds/">Read what holds now' in client.get("/refunds/versions/1/").content.decode()
    publish(policy, body=body("None of it."), in_force_from=timezone.localdate() + timedelta(days=30))
    first = client.get("/refunds/versions/1/").content.decode()
    assert '<a href="/refunds/versions/2/">Read what holds now' in first, "and not to what is announced"


def test_a_version_cannot_begin_before_the_one_it_follows(policy):
    with pytest.raises(ValidationError) as refused:
        publish(policy, body=body("x"), in_force_from=date(2025, 12, 31))
    assert "in_force_from" in refused.value.message_dict


def test_a_draft_is_no_version(policy, client):
    draft = policy.get_latest_revision_as_object()
    draft.body = body("Quaggaligament")
    draft.save_revision()
    assert policy.versions.count() == 1
    for address in ("/refunds/", "/refunds/versions/1/", "/search/?q=Quaggaligament"):
        assert "<p>Quaggaligament" not in client.get(address).content.decode()
    assert client.get("/refunds/versions/2/").status_code == 404


def test_purging_revisions_leaves_what_was_published(policy, client):
    for number in range(3):
        policy = publish(policy, body=body(f"Words {number}"))
    draft = policy.get_latest_revision_as_object()
    draft.save_revision()
    draft.save_revision()
    call_command("purge_revisions")
    assert Revision.objects.for_instance(policy).count() == 5, "four versions and the newest draft"
    assert "Words 0" in words(client.get("/refunds/versions/2/"))


def test_the_database_keeps_versions(policy):
    version = policy.versions.get()
    for sql in (
        "UPDATE cms_policyversion SET number = 7",
        "UPDATE cms_policyversion SET in_force_from = '2020-01-01'",
        "DELETE FROM cms_policyversion",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert PolicyVersion.objects.get() == version


@pytest.mark.parametrize("action", ["delete", "unpublish"])
def test_nobody_takes_a_policy_down(policy, whole, action, client):
    browser = staff(whole.admin)
    answer = browser.post(f"/cms/pages/{policy.pk}/{action}/", follow=True)
    assert "people may have agreed to it" in answer.content.decode()
    browser.post(f"/cms/bulk/wagtailcore/page/{action}/?id={policy.pk}&next=/cms/", {"include_descendants": "on"})
    assert PolicyPage.objects.get(pk=policy.pk).live
    assert client.get("/refunds/").status_code == 200


def test_a_policy_that_was_never_published_may_go(policy, whole):
    draft = PolicyPage(title="Draft", slug="draft", live=False)
    HomePage.objects.get().add_child(instance=draft)
    staff(whole.admin).post(f"/cms/pages/{draft.pk}/delete/")
    assert not Page.objects.filter(pk=draft.pk).exists()


def test_a_copy_begins_with_its_own_first_version(policy):
    copy = policy.copy(update_attrs={"slug": "copy", "title": "Copy"}).specific
    assert [one.number for one in copy.versions.all()] == [1]
    assert publish(copy, intro="Other.").versions.count() == 2
    assert policy.versions.count() == 1


def test_it_is_made_once_and_beside_an_older_page_of_that_name(policy, whole):
    home = HomePage.objects.get()
    assert ensure_policy(parent=home, school=whole.school, content={"slug": "refunds"}) == policy
    assert StandardPage.objects.filter(slug="privacy").exists()
    content = {"title": "Privacy", "slug": "privacy", "in_force_from": date(2026, 1, 1)}
    made = ensure_policy(parent=home, school=whole.school, content=content)
    assert made.slug == "privacy-policy"
    assert ensure_policy(parent=home, school=whole.school, content=content) == made


def test_the_foot_of_each_page_lists_policies_at_once(policy, whole, client):
    assert '<a href="/refunds/">Refunds</a>' in words(client.get("/verify/"))
    publish(policy, title="Money back")
    assert '<a href="/refunds/">Money back</a>' in words(client.get("/verify/"))


def test_an_administrator_may_plan_it_ahead(policy, whole):
    assert (policy.in_force_from + timedelta(days=1)).year == 2026
    page = staff(whole.admin).get(f"/cms/pages/{policy.pk}/edit/").content.decode()
    assert "Publishing other words makes a new version." in page
