"""Addresses of the room `certificates`. `verification` hands out the documents, since a consent opens them too."""

from django.urls import path

from .views import batches, closing, desk, education, naming, own, record, replacing, signers
from .views import open as open_views

app_name = "certificates"
urlpatterns = [
    path("certificates/", own.own, name="own"),
    path("certificates/letter/<uuid:uuid>/", own.ask_for_letter, name="ask_for_letter"),
    path("certificates/evaluation/<uuid:uuid>/", education.evaluate, name="evaluate"),
    path("certificates/<str:code>/", own.one, name="one"),
    path("certificates/conditions/<uuid:uuid>/", own.conditions, name="conditions"),
    # They stand inside signed credentials and never change.
    path("achievements/<uuid:name>", open_views.achievement, name="achievement"),
    path("status/<uuid:uuid>", open_views.status_list, name="status"),
    path("desk/certificates/", desk.desk, name="desk"),
    path("desk/certificates/education/", education.desk, name="education"),
    path("desk/certificates/education/<slug:slug>/numbers/", education.add_number, name="add_number"),
    path("desk/certificates/education/<slug:slug>/statements/", education.write_questions, name="write_questions"),
    path("desk/certificates/education/numbers/<uuid:uuid>/withdraw/", education.withdraw_number, name="end_number"),
    path("desk/certificates/<uuid:uuid>/license/", education.add_licence, name="add_licence"),
    path("desk/courses/", education.to_sign, name="to_sign"),
    path("desk/courses/<uuid:uuid>/sign/", education.sign, name="sign_course"),
    path("desk/certificates/together/", batches.together, name="together"),
    path("desk/certificates/together/prepare/", batches.prepare, name="together_prepare"),
    path("desk/certificates/together/<uuid:uuid>/", batches.batch, name="batch"),
    path("desk/certificates/together/<uuid:uuid>/progress.json", batches.progress, name="batch_progress"),
    path("desk/certificates/together/<uuid:uuid>/sign/", batches.sign, name="batch_sign"),
    path("desk/certificates/together/<uuid:uuid>/withdraw/", batches.withdraw, name="batch_withdraw"),
    path("desk/certificates/together/<uuid:uuid>/leave-out/<int:number>/", batches.leave_out, name="batch_leave_out"),
    path("desk/certificates/together/<uuid:uuid>.<str:kind>", batches.result, name="batch_result"),
    path("desk/certificates/<uuid:uuid>/", record.record, name="record"),
    path("desk/certificates/<uuid:uuid>/name/", naming.latin_name, name="latin_name"),
    path("desk/certificates/<uuid:uuid>/legal-name/", naming.legal_name, name="legal_name"),
    path("desk/certificates/<uuid:uuid>/propose/", record.propose, name="propose"),
    path("desk/certificates/<uuid:uuid>/issue/", record.issue, name="issue"),
    path("desk/certificates/<uuid:uuid>/withdraw/", record.withdraw, name="withdraw"),
    path("desk/certificates/<uuid:uuid>/revoke/", record.revoke, name="revoke"),
    path("desk/certificates/<uuid:uuid>/confirm/", record.confirm, name="confirm"),
    path("desk/certificates/<uuid:uuid>/letter/decline/", record.decline_letter, name="decline_letter"),
    path("desk/certificates/<uuid:uuid>/replace/", replacing.replace, name="replace"),
    path("desk/closing/", closing.closing, name="closing"),
    path("desk/custodians/", closing.custodians, name="custodians"),
    path("desk/signers/", signers.register, name="signers"),
    path("desk/signers/<uuid:uuid>/end/", signers.end, name="end_signer"),
]
