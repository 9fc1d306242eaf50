"""Addresses of the room `certificates`."""

from django.urls import URLPattern

app_name = "certificates"
urlpatterns: list[URLPattern] = []
