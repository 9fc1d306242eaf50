"""Addresses of the room `requirements`; public, since whoever checks a certificate may read the rules behind it."""

from django.urls import path

from . import views

app_name = "requirements"
urlpatterns = [
    path("rules/", views.rule_sets, name="rule_sets"),
    path("rules/<str:label>.yaml", views.source, name="source"),
    path("rules/<str:label>/", views.rule_set, name="rule_set"),
]
