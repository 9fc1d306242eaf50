"""Nothing of a lesson reaches who may not read it: not by its address, not by search, map, APIs, previews or choosers."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from courses.catalog.models import LessonPage, SchoolDocument
from courses.catalog.services import ensure_term

# A word that stands in the lesson's body alone, one in its title alone, one in a draft alone.
BODY, TITLE, DRAFT = "Zebrafascia", "The barrier", "Quaggaligament"


@pytest.fixture
def draft(published: LessonPage) -> LessonPage:
    """The lesson page with a draft above what is published."""
    later = published.get_latest_revision_as_object()
    later.title = f"{TITLE} {DRAFT}"
    later.body = [("prose", f"<p>{DRAFT}</p>")]
    later.save_revision()
    return LessonPage.objects.get(pk=published.pk)


def admin_addresses(page: LessonPage) -> list[str]:
    """Every view of the CMS that takes this page."""
    revision = page.latest_revision_id
    names = ["edit", "history", "workflow_history", "usage", "copy", "move", "delete", "unpublish", "view_draft",
             "preview_on_edit", "lock", "unlock"]  # fmt: skip
    made = [reverse(f"wagtailadmin_pages:{name}", args=[page.pk]) for name in names]
    made += [
        reverse("wagtailadmin_explore", args=[page.get_parent().pk]),
        reverse("wagtailadmin_pages:revisions_view", args=[page.pk, revision]),
        reverse("wagtailadmin_pages:revisions_revert", args=[page.pk, revision]),
        reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, "earliest", "latest"]),
        reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, "live", revision]),
        reverse("wagtailadmin_pages:search") + f"?q={DRAFT}",
        reverse("wagtailadmin_pages:search") + f"?q={BODY}",
        reverse("wagtailadmin_choose_page"),
        reverse("wagtailadmin_choose_page_child", args=[page.get_parent().pk]),
        reverse("wagtailadmin_choose_page_search") + f"?q={DRAFT}",
        reverse("wagtailadmin_reports:site_history"),
        reverse("wagtailadmin_reports:workflow"),
        reverse("wagtailadmin_reports:aging_pages"),
        reverse("wagtailadmin_reports:page_types_usage"),
        reverse("wagtailadmin_reports:workflow_tasks"),
        reverse("wagtailadmin_reports:locked_pages"),
        reverse("wagtailadmin_home"),
        *(
            f"/cms/bulk/wagtailcore/page/{action}/?id={page.pk}"
            for action in ("delete", "move", "publish", "unpublish")
        ),
        f"/cms/api/main/pages/?search={BODY}",
        f"/cms/api/main/pages/{page.pk}/",
        f"/cms/api/main/pages/?child_of={page.get_parent().pk}",
    ]
    return made


def seen(client: Client, address: str) -> str:
    return client.get(address, follow=True).content.decode(errors="replace")


PUBLIC = [
    "/", "/programs/", "/programs/small/", "/programs/small/myofascial-release/the-barrier/", "/sitemap.xml", "/robots.txt",
    f"/search/?q={BODY}", f"/search/?q={TITLE}", f"/search/?q={DRAFT}", "/api/v1/openapi.json", "/api/v2/pages/",
    "/api/cms/pages/", "/cms/api/main/pages/", "/documents/", "/feed/",
    "/programs/small/myofascial-release/the-barrier/?preview=1",
]  # fmt: skip


def test_the_lesson_is_there_for_its_author(draft, editor):
    """So that what follows fails for the right reason."""
    edit = seen(editor, reverse("wagtailadmin_pages:edit", args=[draft.pk]))
    assert DRAFT in edit
    assert DRAFT in seen(editor, reverse("wagtailadmin_pages:view_draft", args=[draft.pk]))
    assert TITLE in seen(editor, reverse("wagtailadmin_explore", args=[draft.get_parent().pk]))


@pytest.mark.parametrize("who", ["visitor", "learner"])
def test_nothing_public_holds_a_lesson(draft, whole, who, settings):
    client = Client() if who == "visitor" else whole.client(whole.other_learner_user)
    for address in PUBLIC:
        text = seen(client, address)
        # What was asked for stands in the search field again; the lesson's own words must not.
        if "/search/" in address:
            text = text.split('role="search"', 1)[1].split("</form>", 1)[1]
        assert BODY not in text, address
        assert DRAFT not in text, address
        assert "the-barrier" not in text, address


def test_the_page_sends_on_without_a_word(published, client):
    answer = client.get("/programs/small/myofascial-release/the-barrier/")
    assert answer.status_code == 302
    assert answer["Location"] == f"/learn/lessons/{published.lesson.uuid}/"
    assert answer.content == b""
    assert "noindex" in answer["X-Robots-Tag"]
    assert client.head("/programs/small/myofascial-release/the-barrier/").status_code == 302
    assert client.post("/programs/small/myofascial-release/the-barrier/").status_code in {302, 403, 405}


def test_the_lesson_is_not_in_the_map(published, client):
    text = client.get("/sitemap.xml").content.decode()
    assert "/programs/small/</loc>" in text
    assert "barrier" not in text
    assert published.get_sitemap_urls() == []


@pytest.mark.parametrize("who", ["visitor", "learner", "foreign_editor"])
def test_strangers_see_nothing_in_the_cms(draft, whole, foreign_editor, who):
    client = {
        "visitor": Client(),
        "learner": whole.client(whole.learner_user),
        "foreign_editor": foreign_editor,
    }[who]
    for address in admin_addresses(draft):
        text = seen(client, address)
        for word in (BODY, DRAFT, TITLE):
            # The admin's own search page repeats the words that were asked for.
            if f"q={word}" in address or f"search={word}" in address:
                continue
            assert word not in text, (who, word, address)


def test_strangers_change_nothing(draft, whole, foreign_editor):
    before = draft.latest_revision_id
    for client in (Client(), whole.client(whole.learner_user), foreign_editor):
        for name in ("edit", "copy", "move", "delete", "unpublish", "preview_on_edit", "lock"):
            client.post(reverse(f"wagtailadmin_pages:{name}", args=[draft.pk]), {"title": "x", "new_slug": "x"})
        for action in ("copy", "delete", "publish", "unpublish", "move", "create_alias", "revert_to_page_revision"):
            client.post(f"/cms/api/main/pages/{draft.pk}/action/{action}/", content_type="application/json")
    after = LessonPage.objects.get(pk=draft.pk)
    assert (after.latest_revision_id, after.live, after.locked) == (before, True, False)
    assert Page.objects.filter(slug="x").count() == 0


def test_a_preview_asks_for_the_right_itself(draft, whole, rf):
    """Whichever view of the framework may one day forget to ask."""
    for user in (whole.learner_user, whole.foreign_registrar):
        request = rf.get("/")
        request.user = user
        with pytest.raises(PermissionDenied):
            draft.serve_preview(request, "")


def test_the_library_is_a_schools_own(published, whole, figure, clip, editor, foreign_editor):
    chooser = "wagtailsnippetchoosers_catalog_figure"
    term = ensure_term(school=whole.school, term="The hold", meaning="Its own.")
    sheet = SchoolDocument.objects.get()
    terms = "wagtailsnippetchoosers_catalog_glossaryterm"
    addresses = [
        "/cms/snippets/catalog/figure/",
        *(f"/cms/snippets/catalog/figure/{view}/{figure.pk}/" for view in ("edit", "usage", "history")),
        f"/cms/bulk/catalog/figure/delete/?id={figure.pk}",
        "/cms/media/",
        f"/cms/media/edit/{clip.pk}/",
        f"/cms/media/usage/{clip.pk}/",
        f"/cms/media/delete/{clip.pk}/",
        "/cms/media/chooser/",
        f"/cms/media/chooser/{clip.pk}/",
        reverse(f"{chooser}:choose"),
        reverse(f"{chooser}:choose_results"),
        reverse(f"{chooser}:chosen", args=[figure.pk]),
        reverse(f"{chooser}:chosen_multiple") + f"?id={figure.pk}",
        reverse("wagtaildocs:index"),
        reverse("wagtaildocs:document_usage", args=[sheet.pk]),
        reverse("wagtaildocs_chooser:choose"),
        reverse("wagtaildocs_chooser:choose_results"),
        "/cms/snippets/catalog/glossaryterm/",
        f"/cms/bulk/catalog/glossaryterm/delete/?id={term.pk}",
        reverse(f"{terms}:choose"),
        reverse(f"{terms}:choose_results"),
        reverse(f"{terms}:chosen", args=[term.pk]),
        reverse(f"{terms}:chosen_multiple") + f"?id={term.pk}",
    ]
    for address in addresses:
        own, foreign = seen(editor, address), seen(foreign_editor, address)
        if not any(view in address for view in ("/delete/", "/cms/documents/usage/")) and address != "/cms/documents/":
            assert any(word in own for word in ("The hold", "Taking up slack", "Record sheet")), address
        for word in ("The hold", "Taking up slack", "Record sheet"):
            assert word not in foreign, address
    for address in (f"/cms/snippets/catalog/figure/edit/{figure.pk}/", f"/cms/media/edit/{clip.pk}/"):
        foreign_editor.post(address, {"title": "Taken", "code": "taken", "drawing": "<svg/>"})
    figure.refresh_from_db()
    clip.refresh_from_db()
    assert (figure.title, clip.title) == ("The hold", "Taking up slack")
