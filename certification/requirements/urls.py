"""Addresses of the room `requirements`. A rule set's own names its version, and never changes what it shows."""

from django.urls import path

from . import views

app_name = "requirements"
urlpatterns = [
    path("", views.index, name="index"),
    path("<str:label>.yaml", views.text, name="text"),
    path("<str:label>/", views.rule_set, name="rule_set"),
]
