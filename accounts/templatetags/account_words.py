"""Owns the words of the account's pages where a package has its own: labels of its fields, names of browsers."""

import re

from django import template
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

register = template.Library()

LABELS = {
    "login": gettext_lazy("E-mail address"),
    "email": gettext_lazy("E-mail address"),
    "oldpassword": gettext_lazy("Present password"),
    "password2": gettext_lazy("The new password again"),
    "passwordless": gettext_lazy("Sign in with it alone, without the password"),
    "name": gettext_lazy("Name of the passkey"),
    "code": gettext_lazy("Code"),
}
HINTS = {"passwordless": gettext_lazy("The device then asks for a fingerprint, a face or a PIN each time.")}
# In this order: each browser also names those that it is like.
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"))


@register.simple_tag
def label_of(field: BoundField) -> str:
    """What we call a field of allauth's forms; its own label where we have no word for it."""
    if field.name == "password1" and "password2" in field.form.fields:
        return _("New password")
    return str(LABELS.get(field.name, field.label))


@register.simple_tag
def hint_of(field: BoundField) -> str:
    """What stands under a field of allauth's forms where we say it otherwise; else nothing, and its own words stand."""
    return str(HINTS.get(field.name, ""))


@register.filter
def browser_words(user_agent: object) -> str:
    """A browser as its owner knows it: `Firefox, Windows`. What says neither is "A browser"."""
    told = str(user_agent or "")
    browser = next((name for sign, name in BROWSERS if re.search(rf"{sign}\w*/", told)), "")
    system = next((name for sign, name in SYSTEMS if sign in told), "Linux" if "Linux" in told else "")
    return ", ".join(part for part in (browser, system) if part) or _("A browser")
