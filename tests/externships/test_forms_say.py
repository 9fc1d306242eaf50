"""An empty field says what to do; the framework's own sentence stands nowhere."""

import pytest
from django import forms
from django.urls import reverse

from certification.externships.forms import board, competencies, desk, placements, proposals, registers, scans, shifts

from .conftest import Clinic, text_of
from .test_competencies import library

__all__ = ["library"]
OWN_WORDS = forms.Field.default_error_messages["required"]
ALL = sorted(
    {
        form
        for module in (board, competencies, desk, placements, proposals, registers, scans, shifts)
        for form in vars(module).values()
        if isinstance(form, type) and issubclass(form, forms.Form) and form.__module__.startswith("certification")
    },
    key=lambda form: form.__name__,
)


@pytest.mark.parametrize("form", ALL, ids=lambda form: form.__name__)
def test_every_field_that_is_needed_has_a_sentence_of_its_own(form: type[forms.Form]) -> None:
    shown = {name: field for name, field in form.base_fields.items() if not isinstance(field.widget, forms.HiddenInput)}
    assert not [
        name for name, field in shown.items() if field.required and field.error_messages["required"] == OWN_WORDS
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("desk_new_competency", "Write in a few lines what is looked for."),
        ("desk_new_practical_kind", "Write from how many percent it is passed."),
    ],
)
def test_an_empty_form_of_the_desk_says_what_is_missing(library: Clinic, name: str, sentence: str) -> None:
    page = library.school.client(library.school.coordinator).post(reverse(f"externships:{name}"), {"title": ""})
    assert page.status_code == 422
    assert sentence in text_of(page) and str(OWN_WORDS) not in text_of(page)


@pytest.mark.django_db
def test_a_learner_who_names_nobody_is_asked_whom(library: Clinic) -> None:
    page = library.learner().post(
        reverse("externships:ask_evaluation", args=[library.placement.uuid]), {"supervisor": ""}
    )
    assert "Choose what she is asked for." in text_of(page) and str(OWN_WORDS) not in text_of(page)
