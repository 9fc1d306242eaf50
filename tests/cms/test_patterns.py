"""The design system keeps its word: every component is shown, every icon exists, nothing needs a looser policy."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.conf import LazySettings, settings
from django.template.loader import get_template, render_to_string
from django.test import Client, RequestFactory

from cms import patterns
from cms.models import HomePage, StandardPage
from courses.catalog.blocks import LessonBody

TEMPLATES = Path(settings.BASE_DIR) / "templates"
COMMENTS = re.compile(r"{%\s*comment\s*%}.*?{%\s*endcomment\s*%}|{#.*?#}", re.DOTALL)
ICONS = re.compile(r"<c-icon name=\"([a-z-]+)\"|\bicon=\"([a-z-]+)\"")
HANDLER = re.compile(r"^on[a-z]+$")


def sources() -> list[Path]:
    """All HTML templates of the project."""
    return sorted(TEMPLATES.rglob("*.html"))


def page(client: Client, settings_: LazySettings) -> BeautifulSoup:
    """The pattern page, read as a browser would."""
    settings_.DEBUG = True
    answer = client.get("/patterns/")
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def refused_by_policy(soup: BeautifulSoup) -> list[str]:
    """What the strict content security policy would not let run or show."""
    found = [str(tag)[:120] for tag in soup.find_all(style=True)] + [str(tag)[:120] for tag in soup.find_all("style")]
    found += [
        str(tag)[:120]
        for tag in soup.find_all("script")
        if not tag.get("src") and tag.get("type") not in {"application/json", "application/ld+json"}
    ]
    found += [str(tag)[:120] for tag in soup.find_all(True) if any(HANDLER.match(name) for name in tag.attrs)]
    return found


@pytest.mark.django_db
def test_shows_every_component_with_its_inputs(client: Client, settings: LazySettings) -> None:
    soup = page(client, settings)
    made = {file.stem for file in patterns.components_dir().glob("*.html")}
    listed = {slug for slugs in patterns.GROUPS.values() for slug in slugs}
    assert made == listed
    for slug in made:
        shown = soup.find(id=slug)
        assert shown is not None, slug
        says = shown.find_next_sibling("p").get_text()
        assert "Inputs" in says, f"{slug} does not state its inputs"


@pytest.mark.django_db
def test_shows_every_block_of_a_lesson(client: Client, settings: LazySettings) -> None:
    soup = page(client, settings)
    for name, block in LessonBody().child_blocks.items():
        shown = soup.find(id=f"shown-{name}").find_parent("article")
        assert str(block.get_description()) in shown.get_text(), name
        assert shown.select_one(".pattern__show").get_text(strip=True), f"{name} shows nothing"


@pytest.mark.django_db
def test_is_not_there_without_debug(client: Client, settings: LazySettings) -> None:
    settings.DEBUG = False
    assert client.get("/patterns/").status_code == 404


@pytest.mark.django_db
def test_names_each_id_once(client: Client, settings: LazySettings) -> None:
    ids = [tag["id"] for tag in page(client, settings).find_all(id=True)]
    assert sorted(set(ids)) == sorted(ids)


@pytest.mark.django_db
def test_needs_no_looser_policy(client: Client, settings: LazySettings) -> None:
    assert refused_by_policy(page(client, settings)) == []


@pytest.mark.django_db
def test_ties_hint_and_error_to_the_field(client: Client, settings: LazySettings) -> None:
    soup = page(client, settings)
    for control in soup.find_all(attrs={"aria-describedby": True}):
        for named in control["aria-describedby"].split():
            assert soup.find(id=named) is not None, f"{named} is named and not there"
    email = soup.find(id="id_refused-email")
    assert email["value"] == "daniela@", "what was typed is kept"
    assert "id_refused-email_error" in email["aria-describedby"]


def test_templates_hold_nothing_that_the_policy_refuses() -> None:
    refused = []
    for file in sources():
        text = COMMENTS.sub("", file.read_text())
        found = re.findall(r"\sstyle\s*=|<style\b|\son[a-z]+\s*=\s*[\"']", text)
        found += [tag for tag in re.findall(r"<script\b[^>]*>", text) if "src=" not in tag and "json" not in tag]
        refused += [f"{file.relative_to(TEMPLATES)}: {what}" for what in found]
    assert refused == []


def test_name_only_icons_that_are_drawn() -> None:
    drawn = set(patterns.icon_names())
    used = {
        name
        for file in sources()
        if "admin" not in file.parts  # the CMS draws its own
        for pair in ICONS.findall(COMMENTS.sub("", file.read_text()))
        for name in pair
        if name
    }
    assert used - drawn == set()


def test_components_begin_with_what_they_take() -> None:
    silent = [
        file.stem for file in patterns.components_dir().glob("*.html") if not patterns.read_component(file.stem).says
    ]
    assert silent == []


@pytest.mark.parametrize("name", ["500.html", "400.html"])
def test_the_last_pages_need_nothing(name: str) -> None:
    html = get_template(name).render()
    assert "Palmar" in html
    source = (TEMPLATES / name).read_text()
    assert "{% static" not in source
    assert "{% extends" not in source


@pytest.mark.django_db
def test_a_missing_page_says_what_to_do(client: Client) -> None:
    answer = client.get("/nothing-here/")
    assert answer.status_code == 404
    assert b"Nothing stands here" in answer.content
    assert b"?next=/nothing-here/" in answer.content


@pytest.mark.django_db
def test_a_form_without_its_token_says_so() -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a", "password": "b"})
    assert answer.status_code == 403
    assert b"The form was too old" in answer.content


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["403.html", "429.html"])
@pytest.mark.django_db
def test_the_others_stand_in_our_frame(name: str, rf: RequestFactory) -> None:
    html = render_to_string(name, request=rf.get("/x/"))
    soup = BeautifulSoup(html, "html.parser")
    assert soup.find("main").find("h1") is not None
    assert refused_by_policy(soup) == []


@pytest.mark.django_db
def test_the_first_page_stands_before_any_program_does(rf: RequestFactory) -> None:
    page = HomePage(title="Hours you can prove", lede="Measured & signed.")
    soup = BeautifulSoup(
        render_to_string("cms/home_page.html", {"page": page, "programs": []}, request=rf.get("/")), "html.parser"
    )
    assert soup.h1.get_text() == "Hours you can prove"
    assert soup.find("meta", attrs={"name": "description"})["content"] == "Measured & signed."
    assert soup.select_one("#programs .empty"), "an empty place that says what will stand there"
    assert soup.select_one("form[action='/verify/'] input[name=code]")
    assert len(soup.select("figure.plate svg[role=img] title")) == 2, "each plate is described"
    assert refused_by_policy(soup) == []


@pytest.mark.django_db
def test_a_standard_page_shows_its_words(rf: RequestFactory) -> None:
    page = StandardPage(title="Privacy", intro="What we keep.")
    html = render_to_string("cms/standard_page.html", {"page": page}, request=rf.get("/privacy/"))
    soup = BeautifulSoup(html, "html.parser")
    assert soup.h1.get_text() == "Privacy"
    assert soup.select_one("p.lede").get_text() == "What we keep."


@pytest.mark.django_db
def test_only_a_list_whose_newest_come_first_speaks_of_older_ones(client: Client, settings: LazySettings) -> None:
    lists = page(client, settings).select("nav.pager")
    words = {nav["aria-label"]: [link.get_text(strip=True) for link in nav.select("a")] for nav in lists}
    assert words["First page, newest first"] == ["Older"]
    assert words["A page in the middle, by name"] == ["Previous", "Next"]
