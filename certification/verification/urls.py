"""Addresses of the room `verification`. `/verify/<code>` stands in printed square codes and never changes."""

from django.urls import path

from . import custody_views, dropped_views, offline_views, tool, views

app_name = "verification"
urlpatterns = [
    path("verify/", views.ask, name="ask"),
    path("verify/file/", dropped_views.file, name="file"),
    path("verify/offline/", offline_views.offline, name="offline"),
    path(f"verify/{tool.NAME}", offline_views.single_file, name="single_file"),
    path("verify/<str:code>", views.check, name="check"),
    path("verify/<str:code>/", views.check),
    path("certificates/<str:code>.pdf", views.paper, {"format": "pdf"}, name="pdf"),
    path("certificates/<str:code>.json", views.paper, {"format": "json"}, name="json"),
    path("certificates/<str:code>.jwt", views.paper, {"format": "jwt"}, name="jwt"),
    path("certificates/<str:code>.png", views.paper, {"format": "png"}, name="png"),
    path("transcripts/<str:code>.pdf", views.paper, {"format": "transcript"}, name="transcript_pdf"),
    path("transcripts/<str:code>.json", views.paper, {"format": "clr"}, name="transcript_json"),
    path("certificates/<str:code>/notice.pdf", views.paper, {"format": "notice"}, name="notice"),
    path("desk/certificates/told/<str:code>/", views.told, name="told"),
    path("certificates/<str:code>/evidence.zip", offline_views.evidence, name="evidence"),
    path("certificates/<str:code>/share/", views.sharing, name="sharing"),
    path("certificates/<str:code>/share/<uuid:uuid>/withdraw/", views.withdraw, name="withdraw"),
    path("certificates/<str:code>/hide/", views.hide, name="hide"),
    path("desk/custody/", custody_views.custody, name="custody"),
    path("desk/custody/<str:code>/", custody_views.one, name="custody_one"),
    path("desk/custody/<str:code>/send/", custody_views.send, name="custody_send"),
    path("desk/custody/<str:code>/send/<uuid:uuid>/", custody_views.send_named, name="custody_send_named"),
    path("desk/custody/<str:code>/order/", custody_views.order, name="custody_order"),
]
