"""Addresses of the room `certificates`. `verification` hands out the documents, since a consent opens them too."""

from django.urls import path

from .views import desk, own, record, replacing, signers
from .views import open as open_views

app_name = "certificates"
urlpatterns = [
    path("certificates/", own.own, name="own"),
    path("certificates/conditions/<uuid:uuid>/", own.conditions, name="conditions"),
    # They stand inside signed credentials and never change.
    path("achievements/<uuid:name>", open_views.achievement, name="achievement"),
    path("status/<uuid:uuid>", open_views.status_list, name="status"),
    path("desk/certificates/", desk.desk, name="desk"),
    path("desk/certificates/<uuid:uuid>/", record.record, name="record"),
    path("desk/certificates/<uuid:uuid>/propose/", record.propose, name="propose"),
    path("desk/certificates/<uuid:uuid>/issue/", record.issue, name="issue"),
    path("desk/certificates/<uuid:uuid>/withdraw/", record.withdraw, name="withdraw"),
    path("desk/certificates/<uuid:uuid>/revoke/", record.revoke, name="revoke"),
    path("desk/certificates/<uuid:uuid>/confirm/", record.confirm, name="confirm"),
    path("desk/certificates/<uuid:uuid>/replace/", replacing.replace, name="replace"),
    path("desk/signers/", signers.register, name="signers"),
    path("desk/signers/<uuid:uuid>/end/", signers.end, name="end_signer"),
]
