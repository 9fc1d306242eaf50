"""Addresses of the room `certificates`. `verification` hands out the documents, since a consent opens them too."""

from django.urls import path

from . import open_views, views

app_name = "certificates"
urlpatterns = [
    path("certificates/", views.own, name="own"),
    # They stand inside signed credentials and never change.
    path("achievements/<uuid:name>", open_views.achievement, name="achievement"),
    path("status/<uuid:uuid>", open_views.status_list, name="status"),
    path("desk/certificates/", views.desk, name="desk"),
    path("desk/certificates/<uuid:uuid>/", views.record, name="record"),
    path("desk/certificates/<uuid:uuid>/propose/", views.propose, name="propose"),
    path("desk/certificates/<uuid:uuid>/issue/", views.issue, name="issue"),
    path("desk/certificates/<uuid:uuid>/withdraw/", views.withdraw, name="withdraw"),
    path("desk/certificates/<uuid:uuid>/revoke/", views.revoke, name="revoke"),
]
