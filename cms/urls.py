"""Addresses of the room `cms`."""

from django.urls import URLPattern

app_name = "cms"
urlpatterns: list[URLPattern] = []
