"""Addresses of the room `cms`."""

from django.urls import URLPattern, path

from . import patterns

app_name = "cms"
urlpatterns: list[URLPattern] = [path("patterns/", patterns.index, name="patterns")]
