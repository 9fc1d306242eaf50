"""Addresses of the room `records`."""

from django.urls import path, re_path

from . import views
from .views import anomalies, claims, corrections, exports, holds

app_name = "records"
urlpatterns = [
    path("hours/", views.home, name="home"),
    path("hours/<uuid:uuid>/", views.hours, name="hours"),
    path("hours/<uuid:uuid>/rows/", views.rows, name="rows"),
    path("hours/<uuid:uuid>/record.zip", exports.record_zip, name="record_zip"),
    re_path(r"^hours/(?P<uuid>[0-9a-f-]{36})/hours\.(?P<kind>csv|xlsx)$", exports.hours_table, name="hours_table"),
    path("hours/<uuid:uuid>/claim/", claims.claim, name="claim"),
    path("hours/<uuid:uuid>/claims/", claims.claims, name="claims"),
    path("hours/claims/<uuid:uuid>/withdraw/", claims.withdraw, name="withdraw_claim"),
    path("hours/claims/<uuid:uuid>/paper/", claims.claim_paper, name="claim_paper"),
    path("desk/claims/", claims.desk_claims, name="desk_claims"),
    path("desk/claims/<uuid:uuid>/", claims.desk_claim, name="desk_claim"),
    path("desk/anomalies/", anomalies.anomalies, name="desk_anomalies"),
    path("desk/anomalies/<uuid:uuid>/", anomalies.anomaly, name="desk_anomaly"),
    path("desk/corrections/", corrections.corrections, name="desk_corrections"),
    path("desk/corrections/<uuid:uuid>/", corrections.correction, name="desk_correction"),
    path("desk/corrections/<uuid:uuid>/paper/", corrections.correction_paper, name="correction_paper"),
    path("desk/records/<uuid:uuid>/correct/<uuid:entry_uuid>/", corrections.correct, name="desk_correct"),
    path("desk/records/<uuid:uuid>/add/", corrections.add, name="desk_add"),
    path("desk/records/<uuid:uuid>/hold/", holds.place, name="desk_hold"),
    path("desk/holds/<uuid:uuid>/release/", holds.release, name="desk_release_hold"),
    path("checkpoints/<slug:log>/", views.checkpoints, name="checkpoints"),
    path("checkpoints/<slug:log>/<int:size>", views.checkpoint, name="checkpoint"),
    path("checkpoints/<slug:log>/newest", views.newest_checkpoint, name="newest_checkpoint"),
    path("checkpoints/<slug:log>/keys", views.log_keys, name="log_keys"),
    path("proofs/<slug:log>/consistency", views.consistency, name="consistency"),
    re_path(r"^proofs/(?P<log>[-a-zA-Z0-9_]+)/(?P<leaf>[0-9a-fA-F]{64})$", views.inclusion, name="inclusion"),
    path("desk/ledger/", views.desk_log, name="desk_log"),
    path("desk/ledger/checkpoint/", views.desk_make_checkpoint, name="desk_make_checkpoint"),
    path("desk/ledger/witnesses/<uuid:uuid>/end/", views.desk_end_witness, name="desk_end_witness"),
    path("desk/export/", exports.desk_export, name="desk_export"),
    path("desk/export/school.zip", exports.school_zip, name="school_zip"),
    path("desk/rules/", views.rule_sets, name="rule_sets"),
    path("desk/rules/crosswalks/", views.crosswalks, name="crosswalks"),
    path("desk/rules/crosswalks/<str:source>/<str:target>/", views.crosswalk, name="crosswalk"),
    path("desk/rules/<str:label>/", views.activation, name="activation"),
]
