"""Addresses of the room `records`."""

from django.urls import path

from . import views

app_name = "records"
urlpatterns = [
    path("hours/", views.home, name="home"),
    path("hours/<uuid:uuid>/", views.hours, name="hours"),
    path("hours/<uuid:uuid>/rows/", views.rows, name="rows"),
    path("desk/rules/", views.rule_sets, name="rule_sets"),
    path("desk/rules/crosswalks/", views.crosswalks, name="crosswalks"),
    path("desk/rules/crosswalks/<str:source>/<str:target>/", views.crosswalk, name="crosswalk"),
    path("desk/rules/<str:label>/", views.activation, name="activation"),
]
