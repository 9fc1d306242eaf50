"""Addresses of the room `quizzes`."""

from django.urls import URLPattern

app_name = "quizzes"
urlpatterns: list[URLPattern] = []
