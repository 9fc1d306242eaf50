"""Addresses of the room `cms.desk`; other rooms add theirs under /desk/."""

from django.urls import path

from . import import_views, views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("people/", views.find_people, name="people"),
    path("records/<uuid:uuid>/", views.record, name="record"),
    path("records/<uuid:uuid>/seal/", views.seal, name="seal"),
    path("imports/", import_views.imports, name="imports"),
    path("imports/runs/<uuid:uuid>/", import_views.import_run, name="import_run"),
    path("imports/<uuid:uuid>/", import_views.import_, name="import"),
    path("imports/<uuid:uuid>/file", import_views.import_file, name="import_file"),
    path("look/", views.looks, name="looks"),
    path("look/<slug:slug>/", views.look, name="look"),
    path("orders/", views.orders, name="orders"),
]
