"""Lists of modules and lessons in the CMS show what is planned in them."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from courses.catalog.models import LessonPage

from .conftest import staff


def listing(browser, page, query: str = "") -> tuple[list[str], list[str]]:
    """The headings of the columns, and each row's text."""
    answer = browser.get(reverse("wagtailadmin_explore", args=[page.pk]) + query)
    assert answer.status_code == 200
    table = BeautifulSoup(answer.content, "html.parser").select_one("table.listing")
    if table is None:
        return [], []
    heads = [" ".join(head.get_text(" ").split()) for head in table.select("thead th")]
    return heads, [" ".join(row.get_text(" ").split()) for row in table.select("tbody tr")]


def test_a_program_lists_its_modules_with_minutes_and_state(program_page, published, editor) -> None:
    heads, rows = listing(editor, program_page)
    assert {"Minutes", "State"} <= set(heads)
    assert not any(head.startswith("Type") for head in heads)
    row = next(row for row in rows if row.startswith("Myofascial release") or "Myofascial release" in row)
    assert "240" in row
    assert "Complete" in row


def test_a_module_lists_its_lessons_with_what_finishing_takes(published, editor) -> None:
    module = published.get_parent()
    heads, rows = listing(editor, module)
    assert {"Minutes", "Least to finish", "Delivery"} <= set(heads)
    (row,) = rows
    assert "The barrier" in row
    assert "40 20" in row
    assert listing(editor, module, "?ordering=-minutes")[1], "lists go by minutes"


@pytest.mark.parametrize("everywhere", ["", "&search_all=1"])
def test_a_search_from_there_finds_every_kind_of_page(program_page, published, editor, everywhere: str) -> None:
    assert any("The barrier" in row for row in listing(editor, program_page, f"?q=barrier{everywhere}")[1])
    assert not any("The barrier" in row for row in listing(editor, program_page, f"?q=zzz{everywhere}")[1])


def test_another_school_sees_nothing_of_it(published, whole, program_page) -> None:
    foreign = staff(whole.foreign_registrar)
    for page in (program_page, published.get_parent()):
        answer = foreign.get(reverse("wagtailadmin_explore", args=[page.pk]), follow=True)
        assert "The barrier" not in answer.content.decode()
    found = foreign.get(
        reverse("wagtailadmin_explore", args=[program_page.pk]) + "?q=barrier&search_all=1", follow=True
    )
    assert "The barrier" not in found.content.decode()
    assert LessonPage.objects.count() == 1
