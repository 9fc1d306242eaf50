"""Addresses of the room `records`."""

from django.urls import path, re_path

from . import views

app_name = "records"
urlpatterns = [
    path("hours/", views.home, name="home"),
    path("hours/<uuid:uuid>/", views.hours, name="hours"),
    path("hours/<uuid:uuid>/rows/", views.rows, name="rows"),
    path("checkpoints/<slug:log>/", views.checkpoints, name="checkpoints"),
    path("checkpoints/<slug:log>/<int:size>", views.checkpoint, name="checkpoint"),
    path("checkpoints/<slug:log>/newest", views.newest_checkpoint, name="newest_checkpoint"),
    path("checkpoints/<slug:log>/keys", views.log_keys, name="log_keys"),
    path("proofs/<slug:log>/consistency", views.consistency, name="consistency"),
    re_path(r"^proofs/(?P<log>[-a-zA-Z0-9_]+)/(?P<leaf>[0-9a-fA-F]{64})$", views.inclusion, name="inclusion"),
    path("desk/ledger/", views.desk_log, name="desk_log"),
    path("desk/ledger/checkpoint/", views.desk_make_checkpoint, name="desk_make_checkpoint"),
    path("desk/ledger/witnesses/<uuid:uuid>/end/", views.desk_end_witness, name="desk_end_witness"),
    path("desk/rules/", views.rule_sets, name="rule_sets"),
    path("desk/rules/crosswalks/", views.crosswalks, name="crosswalks"),
    path("desk/rules/crosswalks/<str:source>/<str:target>/", views.crosswalk, name="crosswalk"),
    path("desk/rules/<str:label>/", views.activation, name="activation"),
]
