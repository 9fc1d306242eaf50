"""Addresses of the room `catalog`."""

from django.urls import URLPattern

app_name = "catalog"
urlpatterns: list[URLPattern] = []
