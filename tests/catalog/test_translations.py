"""A school translates its pages: words alone, in the same blocks; who may; what is behind is said."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale, Page, TaskState
from wagtail.rich_text import RichText

from accounts.models import User
from accounts.services import ensure_user, grant_role
from courses.catalog.models import (
    Lesson,
    LessonChange,
    LessonPage,
    MediaUse,
    Module,
    ModulePage,
    ProgramPage,
)
from courses.catalog.selectors import lesson_page, program_outline, rendered_body
from courses.catalog.services import (
    begin_translation,
    bring_in_original,
    decide_change,
    load_translation,
    mark_studied,
    publish_lesson_page,
)
from courses.catalog.translating import merged, put_into, raw_stream, shape

from .bodies_as_forms import stream_fields
from .conftest import staff
from .test_review import edit_url, form

PUBLISH = {"action-publish": "Publish"}


@pytest.fixture
def spanish(whole) -> Locale:
    """Spanish is a language of the site."""
    return Locale.objects.create(language_code="es")


@pytest.fixture
def translation(published, spanish, whole) -> LessonPage:
    """A draft of the lesson in Spanish."""
    for person in (whole.instructor, whole.registrar):
        staff(person)
    page = begin_translation(page=published, locale=spanish, by=whole.instructor)
    return LessonPage.objects.get(pk=page.pk)


def written(page: LessonPage, words: str = "Fascia de cebra") -> LessonPage:
    """A draft in which the running text is translated."""
    draft = page.get_latest_revision_as_object()
    for child in draft.body:
        if child.block_type == "prose":
            child.value = RichText(f"<h2>{words}</h2><p>Una palabra.</p>")
        if child.block_type == "self_check":
            child.value["question"] = "¿Empuja?"
    draft.title = "La barrera"
    draft.save_revision()
    return LessonPage.objects.get(pk=page.pk)


def live(page: LessonPage) -> LessonPage:
    """The translation, published."""
    publish_lesson_page(page=written(page))
    return LessonPage.objects.get(pk=page.pk)


def republished(published: LessonPage, words: str = "<p>Said anew.</p>", **more: object) -> LessonPage:
    """The original, published with another text and one more self-check."""
    page = LessonPage.objects.get(pk=published.pk)
    for child in page.body:
        if child.block_type == "prose":
            child.value = RichText(words)
    page.body.append(("reflection", {"question": "And now?", "hint": ""}))
    revision = page.save_revision()
    if more:
        decide_change(page=LessonPage.objects.get(pk=page.pk), **more)  # type: ignore[arg-type]
    revision.publish()
    return LessonPage.objects.get(pk=page.pk)


def as_form(page: LessonPage, **more: str) -> dict[str, str]:
    """The form of a page with the blocks that its draft has, ids and all, as the editor's script sends them."""
    draft = page.get_latest_revision_as_object()
    return {**form(draft, []), **stream_fields(draft.body, "body"), **more}


def translate_url(page: Page) -> str:
    return reverse("catalog_translate", args=[page.pk])


def follow_url(page: Page) -> str:
    return reverse("catalog_follow", args=[page.pk])


# ---- beginning one ----


def test_an_instructor_translates_a_lesson(published, editor, spanish) -> None:
    begun = editor.get(translate_url(published))
    assert "Begin the translation" in begun.content.decode()
    assert begun.context["form"]["locale"].value() == spanish.pk, "the one language left need not be chosen"
    answer = editor.post(translate_url(published), {"locale": spanish.pk})
    page = LessonPage.objects.get(locale=spanish)
    assert answer.url == edit_url(page)
    assert (page.lesson, page.live, page.follows) == (published.lesson, False, published.live_revision_id)
    assert not page.governs
    assert page.get_latest_revision_as_object().follows == published.live_revision_id
    above = page.get_parent().specific
    assert (type(above), above.module, above.live) == (ModulePage, published.lesson.module, False)
    assert ProgramPage.objects.get(locale=spanish).program == published.lesson.module.program
    assert not Page.objects.filter(locale=spanish, live=True).exists(), "drafts only; the site stays as it was"
    # Once more: nothing is made, and the language is no longer offered.
    again = editor.post(translate_url(published), {"locale": spanish.pk})
    assert again.status_code == 200
    assert LessonPage.objects.filter(locale=spanish).count() == 1
    all_there = editor.get(translate_url(published)).content.decode()
    assert "every language of this site already" in all_there
    assert f'<a href="{edit_url(page)}">' in all_there, "and leads to them"


def test_a_translations_editor_syncs_no_address(published, editor, spanish) -> None:
    """Its address is the original's: a script that looks for the field of one would stumble."""
    editor.post(translate_url(published), {"locale": spanish.pk})
    for page in LessonPage.objects.get(locale=spanish), ModulePage.objects.get(locale=spanish):
        assert 'data-w-sync-target-value=""' not in editor.get(edit_url(page)).content.decode()
    assert 'data-w-sync-target-value="#id_slug"' in editor.get(edit_url(published)).content.decode()


def test_beginning_is_idempotent(published, spanish, whole, editor) -> None:
    staff(whole.registrar)
    one = begin_translation(page=published, locale=spanish, by=whole.instructor)
    assert begin_translation(page=published, locale=spanish, by=whole.registrar) == one
    assert Page.objects.filter(locale=spanish).count() == 5


def test_only_what_is_published_is_translated(published, editor, spanish, whole) -> None:
    draft = published.copy(update_attrs={"slug": "copy"}, keep_live=False)
    refused = editor.post(translate_url(draft), {"locale": spanish.pk}).content.decode()
    assert "Publish the page first" in refused
    assert not LessonPage.objects.filter(locale=spanish).exists()
    translated = begin_translation(page=published, locale=spanish, by=whole.instructor)
    french = Locale.objects.create(language_code="fr")
    with pytest.raises(ValidationError, match="Translate the original"):
        begin_translation(page=translated, locale=french, by=User.objects.get(pk=whole.instructor.pk))
    with pytest.raises(ValidationError, match="in this language already"):
        begin_translation(page=published, locale=published.locale, by=whole.instructor)


def people(whole, program_page) -> dict[str, Client]:
    """Who may not translate this program's pages."""
    colleague = ensure_user(email="colleague@example.org", legal_name="Carla Colleague", password="x" * 12)
    grant_role(user=colleague, organisation=whole.school, role="instructor")
    coordinator = ensure_user(email="cora@example.org", legal_name="Cora Coordinator", password="x" * 12)
    grant_role(user=coordinator, organisation=whole.school, role="coordinator")
    return {
        "an instructor outside the team": staff(colleague),
        "a coordinator": staff(coordinator),
        "another school's registrar": staff(whole.foreign_registrar),
        "a learner": whole.client(whole.learner_user),
        "a visitor": Client(),
    }


def test_who_may_not_translate(program_page, published, translation, spanish, whole) -> None:
    french = Locale.objects.create(language_code="fr")
    republished(published)
    pages = Page.objects.count()
    revision = translation.latest_revision_id
    for who, browser in people(whole, program_page).items():
        for address in (translate_url(published), translate_url(program_page), follow_url(translation)):
            for answer in (browser.get(address), browser.post(address, {"locale": french.pk})):
                assert answer.status_code in {302, 403, 404}, (who, address)
                assert "barrier" not in answer.content.decode(), (who, address)
    assert Page.objects.count() == pages
    assert LessonPage.objects.get(pk=translation.pk).latest_revision_id == revision
    with pytest.raises(ValidationError, match="cannot translate"):
        begin_translation(page=published, locale=french, by=whole.foreign_registrar)
    with pytest.raises(ValidationError, match="cannot change"):
        bring_in_original(page=translation, by=whole.foreign_registrar)


def test_registrars_translate_too_and_into_languages_that_exist(published, reviewer, spanish, program_page) -> None:
    for wrong in ("", "999", str(published.locale_id)):
        assert reviewer.post(translate_url(program_page), {"locale": wrong}).status_code == 200
    assert not ProgramPage.objects.filter(locale=spanish).exists()
    reviewer.post(translate_url(program_page), {"locale": spanish.pk})
    page = ProgramPage.objects.get(locale=spanish)
    assert (page.program, page.live) == (program_page.program, False)
    index = program_page.get_parent()
    assert reviewer.get(translate_url(index)).status_code in {302, 403, 404}, "the site itself is nobody's of a school"


def test_buttons_lead_there(published, editor, spanish, translation) -> None:
    french = Locale.objects.create(language_code="fr")
    assert translate_url(published) in editor.get(edit_url(published)).content.decode()
    assert translate_url(translation) not in editor.get(edit_url(translation)).content.decode()
    assert follow_url(translation) not in editor.get(edit_url(translation)).content.decode()
    french.delete()
    assert translate_url(published) not in editor.get(edit_url(published)).content.decode()


# ---- words alone ----


def test_a_translation_has_no_plan_to_edit(published, translation, editor, reviewer) -> None:
    shown = editor.get(edit_url(translation)).content.decode()
    for name in ("minutes", "lesson", "release_on", "after_milestone", "slug"):
        assert f'name="{name}"' not in shown, name
        assert f'name="{name}"' in editor.get(edit_url(published)).content.decode(), name
    other = Lesson.objects.get(code="MFR-2")
    data = as_form(
        written(translation), minutes="600", lesson=str(other.pk), slug="otra", needs_mark="on", after_minutes="9"
    )
    assert reviewer.post(edit_url(translation), {**data, **PUBLISH}).status_code == 302
    page = LessonPage.objects.get(pk=translation.pk)
    assert page.live
    assert (page.minutes, page.needs_mark, page.after_minutes, page.lesson) == (40, False, None, published.lesson)
    assert page.slug == published.slug
    lesson = Lesson.objects.get(code="MFR-1")
    assert (lesson.minutes, lesson.title, lesson.needs_mark) == (40, "The barrier", False)


def test_the_words_change_and_nothing_else(published, translation, editor) -> None:
    assert editor.post(edit_url(translation), as_form(written(translation))).status_code == 302
    draft = LessonPage.objects.get(pk=translation.pk).get_latest_revision_as_object()
    block = published.body.stream_block
    assert shape(block, raw_stream(draft.body)) == shape(
        block, raw_stream(LessonPage.objects.get(pk=published.pk).body)
    )
    assert "Fascia de cebra" in str(rendered_body(draft))


def other_blocks(page: LessonPage, how: str) -> None:
    """A draft of a translation that is no longer its original's."""
    draft = page.get_latest_revision_as_object()
    raw = raw_stream(draft.body)
    at = next(place for place, one in enumerate(raw) if one["type"] == "self_check")
    if how == "made anew":
        raw[at]["id"] = "11111111-1111-1111-1111-111111111111"
    elif how == "an answer made anew":
        raw[at]["value"]["choices"][0]["id"] = "11111111-1111-1111-1111-111111111111"
    elif how == "another answer right":
        raw[at]["value"]["choices"][1]["value"]["correct"] = True
    elif how == "taken out":
        del raw[at]
    elif how == "one more":
        raw.append({"type": "reflection", "value": {"question": "?", "hint": ""}, "id": "1" * 32})
    elif how == "in another order":
        raw.reverse()
    elif how == "another row in the table":
        table = next(one for one in raw if one["type"] == "table")["value"]["table"]
        table["rows"].append(table["rows"][0])
    elif how == "a point elsewhere":
        next(one for one in raw if one["type"] == "hotspots")["value"]["points"][0]["value"]["x"] = 1
    draft.body = draft.body.stream_block.to_python(raw)
    draft.save_revision(clean=False)


@pytest.mark.parametrize(
    "how",
    ["made anew", "an answer made anew", "another answer right", "taken out", "one more", "in another order",
     "another row in the table", "a point elsewhere"],
)  # fmt: skip
def test_other_blocks_are_a_draft_and_never_published(translation, editor, reviewer, how) -> None:
    other_blocks(translation, how)
    page = LessonPage.objects.get(pk=translation.pk)
    data = as_form(page)
    assert editor.post(edit_url(page), data).status_code == 302, "a draft may be unfinished"
    for extra, browser in ((PUBLISH, reviewer), ({"action-submit": "Submit"}, editor)):
        refused = browser.post(edit_url(page), {**data, **extra})
        assert "A translation has the blocks of its original" in refused.content.decode()
    with pytest.raises(ValidationError, match="blocks of its original"):
        publish_lesson_page(page=page)
    page = LessonPage.objects.get(pk=translation.pk)
    assert (page.live, page.current_workflow_state) == (False, None)


# ---- review, the question, gating, media ----


def test_a_translation_passes_the_review(published, translation, editor, reviewer) -> None:
    data = as_form(written(translation))
    editor.post(edit_url(translation), {**data, **PUBLISH})
    assert not LessonPage.objects.get(pk=translation.pk).live, "an instructor does not publish"
    editor.post(edit_url(translation), {**data, "action-submit": "Submit"})
    state = TaskState.objects.get(status=TaskState.STATUS_IN_PROGRESS)
    action = reverse("wagtailadmin_pages:workflow_action", args=[translation.pk, "approve", state.pk])
    editor.post(action, {"comment": ""})
    assert not LessonPage.objects.get(pk=translation.pk).live
    reviewer.post(action, {"comment": ""})
    assert LessonPage.objects.get(pk=translation.pk).live
    shown = lesson_page(published.lesson, "es")
    assert "Fascia de cebra" in rendered_body(shown)
    assert "Zebrafascia" in rendered_body(lesson_page(published.lesson, "en"))
    assert Lesson.objects.count() == 2, "no lesson of its own"


def test_a_change_to_a_studied_translation_asks_too(published, translation, reviewer) -> None:
    page = live(translation)
    mark_studied(lesson=published.lesson)
    answer = reviewer.post(edit_url(page), {**as_form(written(page, "Otra")), **PUBLISH})
    assert answer.url == reverse("catalog_change", args=[page.pk])
    assert "Otra" not in str(LessonPage.objects.get(pk=page.pk).body)
    with pytest.raises(ValidationError, match="Say first"):
        publish_lesson_page(page=LessonPage.objects.get(pk=page.pk))
    assert reviewer.post(answer.url, {"kind": "added", "note": "Una prueba."}).status_code == 302
    page = LessonPage.objects.get(pk=page.pk)
    assert "Otra" in str(page.body)
    assert LessonChange.objects.get().revision == page.live_revision_id


def test_a_translated_lesson_is_gated(translation, client, foreign_editor) -> None:
    page = live(translation)
    answer = client.get(page.get_url())
    assert (answer.status_code, answer.url) == (302, f"/learn/lessons/{page.lesson.uuid}/")
    for address in ("/programs/small/", "/programs/", "/search/?q=cebra", "/sitemap.xml", "/"):
        for browser in (client, foreign_editor):
            text = browser.get(address, headers={"accept-language": "es"}).content.decode()
            assert "Fascia de cebra" not in text, address
    for name in ("edit", "view_draft", "history", "copy", "usage"):
        answer = foreign_editor.get(reverse(f"wagtailadmin_pages:{name}", args=[page.pk]))
        assert answer.status_code in {302, 403, 404}, name
        assert "La barrera" not in answer.content.decode(), name
    assert "La barrera" not in foreign_editor.get("/cms/pages/search/?q=barrera").content.decode()


def test_clips_of_a_translation_play_as_long_as_it_is_published(translation, clip, reviewer) -> None:
    page = live(translation)
    assert MediaUse.objects.filter(page=page, media=clip, lesson=page.lesson).exists()
    reviewer.post(reverse("wagtailadmin_pages:unpublish", args=[page.pk]))
    assert not MediaUse.objects.filter(page=page).exists()
    assert MediaUse.objects.filter(media=clip).exists(), "the original shows it still"


def test_another_schools_clip_is_refused_in_a_translation(translation, editor, whole, clip) -> None:
    from courses.catalog.models import EditorialOffice, LessonMedia
    from courses.catalog.services import ensure_cms_roles

    ensure_cms_roles(whole.other_school)
    LessonMedia.objects.filter(pk=clip.pk).update(
        collection=EditorialOffice.objects.get(school=whole.other_school).collection
    )
    before = translation.latest_revision_id
    assert editor.post(edit_url(translation), as_form(translation)).status_code == 200
    assert LessonPage.objects.get(pk=translation.pk).latest_revision_id == before


# ---- behind its original ----


def test_what_is_behind_is_said_to_editors(published, translation, editor, reviewer) -> None:
    page = live(translation)
    assert "The original is newer" not in editor.get(edit_url(page)).content.decode()
    republished(published)
    page = LessonPage.objects.get(pk=page.pk)
    assert page.is_behind
    assert page.changed_places() == [2, 17]
    shown = " ".join(editor.get(edit_url(page)).content.decode().split())
    assert "New or changed in it: blocks 2, 17." in shown
    assert follow_url(page) in shown
    home = " ".join(editor.get("/cms/").content.decode().split())
    assert "1 translation is older than its original" in home
    assert "A small program (Español)" in home, "a program is told apart from its translation"
    assert home.count("Plan a module") == 1, "nobody plans anything in a translation"
    spanish_part = home[home.index("A small program (Español)") :]
    assert "Write a lesson" not in spanish_part
    # An unpublished change of the original concerns nobody.
    LessonPage.objects.get(pk=published.pk).save_revision()
    assert LessonPage.objects.get(pk=page.pk).changed_places() == [2, 17]


def test_bringing_in_what_is_new(published, translation, editor) -> None:
    page = live(translation)
    original = republished(published)
    assert "blocks 2, 17" in editor.get(follow_url(page)).content.decode()
    assert editor.post(follow_url(page)).url == edit_url(page)
    page = LessonPage.objects.get(pk=page.pk)
    draft = page.get_latest_revision_as_object()
    assert (page.follows, draft.follows) == (published.live_revision_id, original.live_revision_id), "a draft first"
    block = draft.body.stream_block
    assert shape(block, raw_stream(draft.body)) == shape(block, raw_stream(original.body))
    assert "Fascia de cebra" in str(rendered_body(draft)), "her words stay"
    assert draft.body[-1].value["question"] == "And now?", "new blocks come in the original's language"
    assert draft.title == "La barrera"
    latest = page.latest_revision_id
    assert bring_in_original(page=page, by=page.owner).pk == latest, "once"
    publish_lesson_page(page=page)
    page = LessonPage.objects.get(pk=page.pk)
    assert not page.is_behind
    assert "follows what is published" in editor.get(follow_url(page)).content.decode()


def test_a_locked_translation_is_left_alone(published, translation, editor, reviewer) -> None:
    page = live(translation)
    republished(published)
    reviewer.post(reverse("wagtailadmin_pages:lock", args=[page.pk]))
    before = LessonPage.objects.get(pk=page.pk).latest_revision_id
    assert "cannot change this page now" in editor.post(follow_url(page), follow=True).content.decode()
    assert LessonPage.objects.get(pk=page.pk).latest_revision_id == before


def test_a_translation_that_did_not_follow_may_still_be_mended(published, translation, reviewer) -> None:
    page = live(translation)
    republished(published)
    assert reviewer.post(edit_url(page), {**as_form(written(page, "Corregida")), **PUBLISH}).status_code == 302
    page = LessonPage.objects.get(pk=page.pk)
    assert "Corregida" in str(page.body)
    assert page.is_behind


def test_merging_keeps_words_and_takes_the_rest() -> None:
    from courses.catalog.blocks import LessonBody

    block = LessonBody()
    check = {"question": "Q", "explanation": "E", "choices": [
        {"type": "item", "id": "a", "value": {"text": "A", "correct": True, "feedback": ""}},
        {"type": "item", "id": "b", "value": {"text": "B", "correct": False, "feedback": ""}},
    ]}  # fmt: skip
    spanish = {"question": "P", "explanation": "", "choices": [
        {"type": "item", "id": "b", "value": {"text": "Be", "correct": True, "feedback": "Sí"}},
    ]}  # fmt: skip
    original = [{"type": "self_check", "id": "1", "value": check}, {"type": "objectives", "id": "2", "value": []}]
    translated = [
        {"type": "self_check", "id": "1", "value": spanish},
        {"type": "prose", "id": "3", "value": "<p>x</p>"},
    ]
    done = merged(block, original, translated)
    assert shape(block, done) == shape(block, original)
    assert [one["id"] for one in done] == ["1", "2"]
    value = done[0]["value"]
    assert (value["question"], value["explanation"]) == ("P", "E"), "words that are missing come from the original"
    assert value["choices"][1] == {
        "type": "item",
        "id": "b",
        "value": {"text": "Be", "correct": False, "feedback": "Sí"},
    }
    assert value["choices"][0]["value"]["text"] == "A"


# ---- from a file ----

SPANISH_BLOCKS = {
    "objectives": ["Encontrar la primera barrera."],
    "prose": "<h2>Fascia de cebra</h2><p>Una palabra.</p>",
    "steps": {"title": "La toma", "steps": [{"title": "Hundirse"}], "faults": ["Deslizarse."]},
    "self_check": {"question": "¿Empuja?", "choices": [{"text": "Aflojar"}, {"text": "Empujar"}]},
}


def as_file(page: LessonPage, **others: object) -> dict[str, object]:
    """A translation as a file holds it: words by place, some of them left out."""
    said = {**SPANISH_BLOCKS, **others}
    return {
        "title": "La barrera",
        "lede": "Responde al tiempo.",
        "review_note": "Sin revisar.",
        "blocks": [{"type": one["type"], "value": said.get(one["type"])} for one in raw_stream(page.body)],
    }


@pytest.fixture
def loaded(published, spanish, whole) -> LessonPage:
    """The lesson in Spanish from a file, written by the instructor and published by the registrar."""
    for person in (whole.instructor, whole.registrar):
        staff(person)
    people = {"by": whole.instructor, "approver": whole.registrar}
    return load_translation(page=published, locale=spanish, content=as_file(published), **people)


def test_a_translation_from_a_file_is_published(published, loaded, spanish, whole, client) -> None:
    page = LessonPage.objects.get(locale=spanish)
    assert (page.pk, page.live, page.title, page.lede) == (loaded.pk, True, "La barrera", "Responde al tiempo.")
    block = page.body.stream_block
    assert shape(block, raw_stream(page.body)) == shape(block, raw_stream(published.body)), "ids and answers stay"
    text = str(rendered_body(lesson_page(published.lesson, "es")))
    assert "Fascia de cebra" in text
    assert "¿Empuja?" in text
    assert "60 s" in text, "what the file leaves out stays"
    assert MediaUse.objects.filter(page=page).exists()
    assert (page.owner, page.live_revision.user) == (whole.instructor, whole.instructor)
    # A lesson has one address, whatever its language, and no public one; its module and program are in one language.
    for address in ("/programs/small/", "/programs/small/myofascial-release/", "/sitemap.xml"):
        shown = client.get(address, headers={"accept-language": "es"})
        assert shown.status_code == 200
        assert "hreflang" not in shown.content.decode(), address
    again = load_translation(
        page=published, locale=spanish, content={"blocks": []}, by=whole.instructor, approver=whole.registrar
    )
    assert (again.pk, again.live_revision_id) == (page.pk, page.live_revision_id), "what is published stays"


@pytest.mark.parametrize(
    ("others", "says"),
    [
        ({"objectives": ["Una.", "Dos."]}, "2 in place of 1"),
        ({"self_check": {"choices": [{"text": "Aflojar"}]}}, "1 in place of 2"),
        ({"self_check": {"choices": [{"correct": False}, {"correct": True}]}}, "only words"),
        ({"steps": {"dosis": "60 s"}}, "no dosis"),
        ({"prose": "<p></p>", "callout": {"title": ""}}, "Block"),
        ({"figure": {"figure": "nobodys"}}, "no figure"),
    ],
)
def test_a_file_that_does_not_fit_changes_nothing(published, spanish, whole, others, says) -> None:
    staff(whole.instructor)
    with pytest.raises(ValidationError, match=says):
        load_translation(
            page=published, locale=spanish, content=as_file(published, **others), by=whole.instructor,
            approver=whole.registrar,
        )  # fmt: skip
    assert not Page.objects.filter(locale=spanish).exists()


def test_a_file_for_other_blocks_or_by_a_stranger_is_refused(published, spanish, whole) -> None:
    staff(whole.instructor)
    content = as_file(published)
    content["blocks"] = content["blocks"][1:]  # type: ignore[index]
    people = {"by": whole.instructor, "approver": whole.registrar}
    with pytest.raises(ValidationError, match="does not fit its original"):
        load_translation(page=published, locale=spanish, content=content, **people)
    content = as_file(published)
    content["blocks"][0]["type"] = "references"  # type: ignore[index]
    with pytest.raises(ValidationError, match="in place of"):
        load_translation(page=published, locale=spanish, content=content, **people)
    people["by"] = whole.foreign_registrar
    with pytest.raises(ValidationError, match="cannot translate"):
        load_translation(page=published, locale=spanish, content=as_file(published), **people)


def test_words_put_in_leave_the_original_alone() -> None:
    from courses.catalog.blocks import LessonBody

    block = LessonBody()
    original = [{"type": "objectives", "id": "1", "value": [{"type": "item", "id": "a", "value": "One."}]}]
    assert put_into(block, original, [{"type": "objectives", "value": ["Uno."]}]) == [
        {"type": "objectives", "id": "1", "value": [{"type": "item", "id": "a", "value": "Uno."}]}
    ]
    assert original[0]["value"][0]["value"] == "One."


# ---- what readers see ----


def test_the_public_pages_speak_the_visitors_language(
    published, program_page, spanish, whole, client, reviewer
) -> None:
    page = begin_translation(page=program_page, locale=spanish, by=whole.registrar)
    module = begin_translation(page=published.get_parent(), locale=spanish, by=whole.registrar)
    in_spanish = {"accept-language": "es"}
    assert "Ten hours, every one" in client.get("/programs/small/", headers=in_spanish).content.decode()
    for made, title in ((page, "Un programa"), (module, "Liberación miofascial")):
        draft = made.get_latest_revision_as_object()
        draft.title = title
        draft.save_revision().publish()
    text = client.get("/programs/small/", headers=in_spanish).content.decode()
    assert "Un programa" in text
    assert "Liberación miofascial" in text
    assert '<a href="/programs/small/myofascial-release/">' in text
    assert "Liberación" in client.get("/programs/small/myofascial-release/", headers=in_spanish).content.decode()
    assert '<h1 id="h1" lang="es">' in text
    plain = client.get("/programs/small/")
    assert '<h1 id="h1">' in plain.content.decode()
    assert "Un programa" not in plain.content.decode()
    assert "Accept-Language" in plain["Vary"]
    original = ProgramPage.objects.get(pk=program_page.pk)
    original.slug = "smaller"
    original.save_revision().publish()
    moved = client.get("/programs/smaller/", headers=in_spanish).content.decode()
    assert '<a href="/programs/smaller/myofascial-release/">' in moved, "one address in every language"
    assert client.get("/privacy/", headers=in_spanish).status_code == 200, "other pages stay where they are"
    assert (Module.objects.get(code="MFR").title, published.lesson.module.program.title) == (
        "Myofascial release", "A small program"
    )  # fmt: skip


def test_titles_on_outlines_cost_no_query(published, translation, program, django_assert_num_queries) -> None:
    from django.utils.translation import override

    live(translation)
    module = translation.get_parent().specific.get_latest_revision_as_object()
    module.title, module.summary = "Liberación miofascial", "Leer una barrera."
    module.save_revision().publish()
    program_outline(program)
    with override("es"), django_assert_num_queries(2):
        line = program_outline(program).modules[0]
    assert (line.module.shown_title, line.module.shown_summary) == ("Liberación miofascial", "Leer una barrera.")
    assert [one.lesson.shown_title for one in line.lessons] == ["La barrera", "The second barrier"]
    assert line.module.title == "Myofascial release", "what is posted keeps its one title"
    with override("en"):
        assert program_outline(program).modules[0].module.shown_title == "Myofascial release"


def test_how_a_translation_stands(published, translation, whole, django_assert_num_queries) -> None:
    page = live(translation)
    with django_assert_num_queries(1):
        shown = lesson_page(published.lesson, "es")
    assert (shown.pk, shown.languages, shown.standing) == (page.pk, ["en", "es"], "")
    republished(published)
    assert lesson_page(published.lesson, "es").standing == "older"
    assert lesson_page(published.lesson, "en").standing == ""
    mark_studied(lesson=published.lesson)
    republished(published, "<p>Again.</p>", kind="added", note="More.", by=whole.registrar)
    assert lesson_page(published.lesson, "es").standing == "older"
    republished(published, "<p>Wrong before.</p>", kind="redo", note="The dose.", by=whole.registrar)
    with django_assert_num_queries(1):
        assert lesson_page(published.lesson, "es").standing == "redo"
    republished(published, "<p>A comma.</p>", kind="cosmetic", note="", by=whole.registrar)
    assert lesson_page(published.lesson, "es").standing == "redo", "it still lacks what must be redone"
    bring_in_original(page=page, by=whole.registrar)
    stored = LessonPage.objects.get(pk=page.pk)
    decide_change(page=stored, kind="redo", note="La dosis.", by=whole.registrar)
    publish_lesson_page(page=stored)
    assert lesson_page(published.lesson, "es").standing == ""


def test_a_change_of_the_translation_says_nothing_of_the_original(published, translation, whole) -> None:
    page = live(translation)
    mark_studied(lesson=published.lesson)
    republished(published, "<p>A comma.</p>", kind="cosmetic", note="", by=whole.registrar)
    stored = written(page, "Otra")
    decide_change(page=stored, kind="redo", note="Una errata.", by=whole.registrar)
    publish_lesson_page(page=stored)
    assert lesson_page(published.lesson, "es").standing == "older", "the redo was the translation's own"
