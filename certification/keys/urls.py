"""Addresses of the room `keys`: the DID documents. They are spelled by the DIDs and never change."""

from django.urls import path

from . import views

app_name = "keys"
urlpatterns = [
    path(".well-known/did.json", views.platform, name="platform"),
    path("schools/<slug:slug>/did.json", views.school, name="school"),
]
