"""Addresses of the room `verification`. `/verify/<code>` stands in printed square codes and never changes."""

from django.urls import path

from . import tool
from .views import approvals, cases, consents, custody, dropped, offline, organisations, public, rosters

app_name = "verification"
urlpatterns = [
    path("verify/", public.ask, name="ask"),
    path("verify/file/", dropped.file, name="file"),
    path("verify/offline/", offline.offline, name="offline"),
    path(f"verify/{tool.NAME}", offline.single_file, name="single_file"),
    path("verify/<str:code>", public.check, name="check"),
    path("verify/<str:code>/", public.check),
    path("certificates/<str:code>.pdf", public.paper, {"format": "pdf"}, name="pdf"),
    path("certificates/<str:code>.json", public.paper, {"format": "json"}, name="json"),
    path("certificates/<str:code>.jwt", public.paper, {"format": "jwt"}, name="jwt"),
    path("certificates/<str:code>.png", public.paper, {"format": "png"}, name="png"),
    path("transcripts/<str:code>.pdf", public.paper, {"format": "transcript"}, name="transcript_pdf"),
    path("transcripts/<str:code>.json", public.paper, {"format": "clr"}, name="transcript_json"),
    path("certificates/<str:code>/notice.pdf", public.paper, {"format": "notice"}, name="notice"),
    path("desk/certificates/told/<str:code>/", public.told, name="told"),
    path("certificates/<str:code>/evidence.zip", offline.evidence, name="evidence"),
    path("certificates/<str:code>/share/", consents.sharing, name="sharing"),
    path("certificates/<str:code>/share/<uuid:uuid>/withdraw/", consents.withdraw, name="withdraw"),
    path("certificates/<str:code>/hide/", consents.hide, name="hide"),
    path("checks/apply/", organisations.apply, name="apply"),
    path("checks/apply/<uuid:uuid>/withdraw/", organisations.withdraw_application, name="withdraw_application"),
    path("checks/invited/", organisations.invited, name="invited"),
    path("checks/invited/<uuid:uuid>/", organisations.answer_invitation, name="answer_invitation"),
    path("checks/invitations/<uuid:uuid>/take-back/", organisations.take_back, name="take_back"),
    path("checks/<slug:slug>/people/", organisations.people, name="people"),
    path("checks/<slug:slug>/people/<uuid:uuid>/<slug:role>/end/", organisations.end_member, name="end_member"),
    path("desk/organisations/", approvals.organisations, name="organisations"),
    path("desk/organisations/applications/<uuid:uuid>/", approvals.application, name="application"),
    path("desk/organisations/<slug:slug>/", approvals.organisation, name="organisation"),
    path("checks/cases/", cases.cases, name="cases"),
    path("checks/cases/<uuid:uuid>/", cases.case, name="case"),
    path("checks/cases/<uuid:uuid>/close/", cases.close, name="close_case"),
    path("checks/cases/<uuid:uuid>/record/", cases.read, name="case_record"),
    path("checks/cases/<uuid:uuid>/evidence.zip", cases.evidence, name="case_evidence"),
    path("desk/cases/", cases.asked, name="cases_asked"),
    path("desk/cases/<uuid:uuid>/", cases.answer, name="case_answer"),
    path("desk/rosters/", rosters.overview, name="rosters"),
    path("desk/rosters/<uuid:uuid>/", rosters.one, name="roster"),
    path("desk/rosters/<uuid:uuid>/roster.csv", rosters.file, name="roster_file"),
    path("desk/custody/", custody.custody, name="custody"),
    path("desk/custody/<str:code>/", custody.one, name="custody_one"),
    path("desk/custody/<str:code>/send/", custody.send, name="custody_send"),
    path("desk/custody/<str:code>/send/<uuid:uuid>/", custody.send_named, name="custody_send_named"),
    path("desk/custody/<str:code>/order/", custody.order, name="custody_order"),
]
