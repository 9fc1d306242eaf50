"""Addresses of the room `externships`."""

from django.urls import URLPattern

app_name = "externships"
urlpatterns: list[URLPattern] = []
