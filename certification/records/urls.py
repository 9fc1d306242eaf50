"""Addresses of the room `records`."""

from django.urls import path

from . import views

app_name = "records"
urlpatterns = [
    path("", views.home, name="home"),
    path("<uuid:uuid>/", views.hours, name="hours"),
    path("<uuid:uuid>/rows/", views.rows, name="rows"),
]
