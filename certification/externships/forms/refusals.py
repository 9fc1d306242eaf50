"""Puts what a service refuses beside the fields of a form."""

from collections.abc import Mapping

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError


def put_beside(form: forms.Form, error: ValidationError, asked_as: Mapping[str, str] | None = None) -> None:
    """Put each refusal beside its field; at the head of the form what names none of its fields.

    `asked_as` says under which name the form asks for what the service calls otherwise.
    """
    fields = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    for name, sentences in fields.items():
        asked = (asked_as or {}).get(name, name)
        for sentence in sentences:
            form.add_error(asked if asked in form.fields else None, sentence)
