"""Terms: how they are found in text, whose they are, what a saved one changes, and the page that lists them."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from wagtail.models import GroupCollectionPermission

from courses.catalog.cleaning import clean_shown_html
from courses.catalog.marking import Terms, forms_of
from courses.catalog.models import Figure, GlossaryTerm
from courses.catalog.selectors import fresh_body, lesson_page, rendered_body
from courses.catalog.services import ensure_cms_roles, ensure_figure, ensure_term
from courses.enrollments.models import Enrollment
from courses.enrollments.services import enroll
from tests.catalog.conftest import SVG
from tests.catalog.test_bodies import made

# ---------------------------------------------------------------- the rule


@pytest.mark.parametrize(
    ("term", "others", "language", "forms"),
    [
        ("Barrier", [], "en", ["Barrier", "Barriers"]),
        ("Injury", [], "en-us", ["Injury", "Injuries"]),
        ("Delay", [], "en", ["Delay", "Delays"]),
        ("Ischemia", [" ischaemia "], "en", ["Ischemia", "ischaemia", "Ischemias", "ischaemias"]),
        ("Process", [], "en", ["Process", "Processes"]),
        ("Barrera", ["", " "], "es", ["Barrera"]),
        ("Red  flag", ["Red flag"], "es", ["Red flag"]),
    ],
)
def test_forms(term, others, language, forms):
    assert forms_of(term, others, language) == tuple(forms)


def marked(html: str, **forms: list[str]) -> tuple[str, list[str]]:
    """The text with marks as [words], and the terms in the order in which they were found."""
    names = dict(enumerate(forms, start=1))
    terms = Terms({key: forms[name] for key, name in names.items()})
    soup = BeautifulSoup(terms.mark(html), "html.parser")
    for link in soup.select("a.term"):
        assert link["href"] == link["data-tip"] == f"#{link['aria-describedby']}"
        link.replace_with(f"[{link.get_text()}]")
    return soup.decode(formatter=None), [names[key] for key in terms.found]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>A barrier, a barrier.</p>", "<p>A [barrier], a barrier.</p>"),
        ("<p>Barriers. BARRIER</p>", "<p>[Barriers]. BARRIER</p>"),
        ("<p>crossbarrier barrierless</p>", "<p>crossbarrier barrierless</p>"),
        ("<h2>Barrier</h2><p>barrier</p>", "<h2>Barrier</h2><p>[barrier]</p>"),
        ('<p><a href="/x">barrier</a> <em>barrier</em></p>', '<p><a href="/x">barrier</a> <em>[barrier]</em></p>'),
        ("<p><code>barrier</code></p>", "<p><code>barrier</code></p>"),
        ("<p>red\n flag and red flag barrier</p>", "<p>[red\n flag] and red flag [barrier]</p>"),
        ("<p>Stemmer’s sign</p>", "<p>[Stemmer’s sign]</p>"),
        ("<p>a &lt;barrier&gt; &amp; b<br>c</p>", "<p>a <[barrier]> & b<br/>c</p>"),
        ("<p>barrier</p>barrier", "<p>[barrier]</p>barrier"),
        ("<p>nothing</p>", "<p>nothing</p>"),
        ("", ""),
    ],
)
def test_marks_the_first_of_each(html, expected):
    terms = {"barrier": ["Barrier", "Barriers"], "flag": ["Red flag"], "sign": ["Stemmer's sign"]}
    assert marked(html, **terms)[0] == expected


def test_the_longer_term_wins_and_both_are_found_in_turn():
    html, found = marked("<p>referred pain, pain</p>", pain=["Pain"], referred=["Referred pain"])
    assert (html, found) == ("<p>[referred pain], [pain]</p>", ["referred", "pain"])


def test_what_was_found_in_one_text_is_not_marked_in_the_next():
    terms = Terms({1: ["Barrier"]})
    assert "term" in terms.mark("<p>barrier</p>")
    assert terms.mark("<p>barrier</p>") == "<p>barrier</p>"


def test_no_terms_no_change():
    assert Terms({}).mark("<p>x<br>y</p>") == "<p>x<br>y</p>"


WORDS = st.lists(
    st.sampled_from(["barrier", "Red flag", "<b>", "</b>", "<", "&", '"', "’", "<p>", "</p>", "<br>", "é", "x" * 3,
                     '<a href="/x">', "</a>", "<script>alert(1)</script>", "<!--", "-->", "\n", "<h2>", "</h2>"]),
    max_size=25,
).map(" ".join)  # fmt: skip


@given(WORDS)
def test_marking_changes_no_word_and_nothing_but_marks(text):
    clean = clean_shown_html(text)
    out = Terms({1: ["barrier"], 2: ["red flag"]}).mark(clean)
    soup = BeautifulSoup(out, "html.parser")
    for link in soup.select("a.term"):
        assert not link.find_parent(["a", "h2"])
        link.unwrap()
    # The parser makes one blank of several that stand alone, as browsers do.
    assert clean_shown_html(str(soup)).split() == clean.split(), "without the marks it is what the cleaner made"


# ---------------------------------------------------------------- in lessons


@pytest.fixture
def barrier(whole) -> GlossaryTerm:
    """A term of the school."""
    return ensure_term(
        school=whole.school, term="Barrier", meaning="Where tissue stops.", say="BA-ree-er", figure="hold"
    )


PROSE = {"type": "prose", "value": "<h2>Barrier</h2><p>The barriers answer.</p>"}


@pytest.mark.django_db
def test_a_lesson_marks_its_terms_and_lists_them(program, program_page, barrier):
    soup = BeautifulSoup(made(program, program_page, PROSE, PROSE), "html.parser")
    (link,) = soup.select("a.term")
    assert link.get_text() == "barriers"
    told = soup.find(id=link["aria-describedby"])
    assert told.find_parent("section").h2.get_text() == "Terms in this lesson"
    for words in ("Barrier", "BA-ree-er", "Where tissue stops."):
        assert words in told.get_text()
    assert (
        told.select_one("a[data-tip-skip]")["href"]
        == f"/learn/glossary/{program.uuid}/?figure={barrier.pk}#term-{barrier.pk}"
    )


@pytest.mark.django_db
def test_a_term_block_is_listed_too(program, program_page, barrier):
    with pytest.raises(ValidationError, match="no term “none”"):
        made(program, program_page, {"type": "term", "value": "none"})
    soup = BeautifulSoup(made(program, program_page, {"type": "term", "value": "barrier"}), "html.parser")
    assert soup.select_one(".define dfn").get_text() == "Barrier"
    assert soup.select_one(f"dl.gloss #term-{barrier.pk}")


@pytest.mark.django_db
def test_terms_of_other_schools_and_languages_are_not_marked(program, program_page, whole):
    ensure_term(school=whole.other_school, term="Barrier", meaning="Theirs.")
    ensure_term(school=whole.school, term="Barrier", meaning="De otro idioma.", language="es")
    html = made(program, program_page, {"type": "prose", "value": "<p>The barrier answers.</p>"})
    assert 'class="term"' not in html and "Terms in this lesson" not in html


@pytest.mark.django_db
def test_a_saved_term_is_seen_at_once(published, whole, django_capture_on_commit_callbacks):
    cache.clear()

    def shown() -> str:
        return rendered_body(lesson_page(published.lesson, "en"))

    assert "term-" not in shown()
    with django_capture_on_commit_callbacks(execute=True):
        term = ensure_term(school=whole.school, term="Zebrafascia", meaning="In no place.")
    assert "term-" not in shown(), "it stands in a heading only"
    with django_capture_on_commit_callbacks(execute=True):
        term.other_forms = "word that stands"
        term.save()
    assert "In no place." in shown()
    with django_capture_on_commit_callbacks(execute=True):
        term.delete()
    assert "In no place." not in shown()


@pytest.mark.django_db
def test_evil_terms_stay_words(program, program_page, whole):
    evil = "<script>alert(1)</script>"
    ensure_term(
        school=whole.school, term="Barrier", meaning=evil, say=evil, also=[evil, '"><img src=x onerror=1>', "(", "\\"]
    )
    html = made(program, program_page, PROSE)
    assert "<script" not in html and "<img" not in html and "&lt;script" in html


# ---------------------------------------------------------------- whose they are


@pytest.mark.django_db
def test_a_term_has_one_meaning_a_language(whole, barrier):
    again = ensure_term(school=whole.school, term="barrier", meaning="Another.")
    assert again == barrier and again.meaning == "Where tissue stops."
    with pytest.raises(IntegrityError), transaction.atomic():
        GlossaryTerm.objects.create(collection=barrier.collection, term="BARRIER", meaning="x")
    assert ensure_term(school=whole.other_school, term="Barrier", meaning="Theirs.") != barrier


@pytest.mark.django_db
def test_a_figure_of_another_school_is_refused(whole, barrier):
    foreign = ensure_figure(school=whole.other_school, code="x", title="X", description="X", drawing=SVG)
    barrier.figure = foreign
    with pytest.raises(ValidationError, match="another library"):
        barrier.full_clean()
    with pytest.raises(ValidationError, match="no figure"):
        ensure_term(school=whole.school, term="Other", meaning="x", figure="x")


@pytest.mark.django_db
def test_a_lost_figure_leaves_the_term(barrier):
    Figure.objects.all().delete()
    barrier.refresh_from_db()
    assert barrier.figure is None


@pytest.mark.django_db
def test_an_editor_writes_terms_of_her_school(editor, foreign_editor, reviewer, whole, barrier):
    add = "/cms/snippets/catalog/glossaryterm/add/"
    words = {"term": "Girth", "meaning": "Around.", "other_forms": "", "say": "", "language": "en", "figure": ""}
    office = ensure_cms_roles(whole.school)
    assert editor.post(add, {**words, "collection": office.collection_id}).status_code == 302
    assert GlossaryTerm.objects.get(term="Girth").collection == office.collection
    foreign_editor.post(add, {**words, "term": "Taken", "collection": office.collection_id})
    assert not GlossaryTerm.objects.filter(term="Taken").exists()
    edit = f"/cms/snippets/catalog/glossaryterm/edit/{barrier.pk}/"
    assert foreign_editor.get(edit).status_code == 404
    assert reviewer.get(f"/cms/snippets/catalog/glossaryterm/delete/{barrier.pk}/").status_code == 200
    assert editor.get(f"/cms/snippets/catalog/glossaryterm/delete/{barrier.pk}/").status_code == 302, (
        "not an instructor"
    )
    for view in ("", f"usage/{barrier.pk}/", f"history/{barrier.pk}/"):
        address = f"/cms/snippets/catalog/glossaryterm/{view}"
        assert "Barrier" in editor.get(address, follow=True).content.decode(), address
        assert "Barrier" not in foreign_editor.get(address, follow=True).content.decode(), address


@pytest.mark.django_db
def test_schools_that_stood_before_get_the_rights(whole):
    office = ensure_cms_roles(whole.school)
    held = GroupCollectionPermission.objects.filter(collection=office.collection)
    before = set(held.values_list("group", "permission__codename"))
    assert (office.instructors_id, "add_glossaryterm") in before
    held.filter(permission__codename__contains="glossaryterm").delete()
    call_command("migrate", "catalog", verbosity=0)
    assert set(held.values_list("group", "permission__codename")) == before
    call_command("migrate", "catalog", verbosity=0)
    assert held.count() == len(before)
    assert Group.objects.filter(pk=office.instructors_id).exists()


# ---------------------------------------------------------------- the page


@pytest.fixture
def page_of(program):
    """The glossary's address."""
    return f"/learn/glossary/{program.uuid}/"


@pytest.mark.django_db
def test_the_glossary_page(whole, program, page_of, barrier):
    ensure_term(school=whole.school, term="Ödem", meaning="Swelling with a barrier.")
    ensure_term(school=whole.school, term="5-HT", meaning="Serotonin.")
    ensure_term(school=whole.school, term="Origin", meaning="Where a muscle begins.")
    ensure_term(school=whole.school, term="watershed", meaning="A border.")
    learner = whole.client(whole.learner_user)
    assert Client().get(page_of).status_code == 302
    assert learner.get(page_of).status_code == 404
    assert whole.client(whole.foreign_registrar).get(page_of).status_code == 404
    assert whole.client(whole.instructor).get(page_of).status_code == 200
    enroll(user=whole.learner_user, program=program, source_key="desk:1")
    soup = BeautifulSoup(learner.get(page_of).content, "html.parser")
    assert [link.get_text() for link in soup.select("nav.letters a")] == ["#", "B", "O", "W"]
    assert [term.get_text().split()[0] for term in soup.select(".gloss dt")][2:4] == ["Ödem", "Origin"]
    assert soup.select_one(f"#term-{barrier.pk} a")["href"] == f"?figure={barrier.pk}#term-{barrier.pk}"
    assert not soup.select(".gloss svg"), "drawings are long: one is drawn, when it is asked for"
    soup = BeautifulSoup(learner.get(page_of, {"figure": barrier.pk}).content, "html.parser")
    assert soup.select_one(f"#term-{barrier.pk} svg[role=img] title").get_text() == "The hold"
    soup = BeautifulSoup(learner.get(page_of, {"q": " BARRIER "}).content, "html.parser")
    assert [term.get_text().split()[0] for term in soup.select(".gloss dt")] == ["Barrier", "Ödem"]
    assert soup.select_one(".gloss a")["href"] == f"?q=BARRIER&figure={barrier.pk}#term-{barrier.pk}"
    assert "2 words with “BARRIER”" in soup.get_text(" ")
    nothing = learner.get(page_of, {"q": "<script>"}).content.decode()
    assert "0 words" in nothing and "“<script>" not in nothing
    assert "No word of the glossary has this" in nothing and 'href="/search/?q=%3Cscript%3E"' in nothing
    Enrollment.objects.update(state="suspended")
    assert learner.get(page_of).status_code == 404


@pytest.mark.django_db
def test_an_empty_glossary_says_what_will_stand_there(whole, page_of):
    assert "No words yet" in whole.client(whole.instructor).get(page_of).content.decode()


@pytest.mark.django_db
def test_one_question_more_for_a_body_with_terms(published, barrier, django_assert_max_num_queries):
    page = lesson_page(published.lesson, "en")
    with django_assert_max_num_queries(16):
        fresh_body(page)
