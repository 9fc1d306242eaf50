"""Addresses of the room `commerce`."""

from django.urls import URLPattern

app_name = "commerce"
urlpatterns: list[URLPattern] = []
