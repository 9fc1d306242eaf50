"""Addresses of the room `externships`."""

from django.urls import path

from .views import learner, paper, placements, proposals, queue, receipts, signing, sites, supervisors, waiting

app_name = "externships"
urlpatterns = [
    # The learner
    path("shifts/", learner.shifts, name="shifts"),
    path("shifts/new/", learner.new_shift, name="new_shift"),
    path("shifts/send/", learner.send, name="send"),
    path("shifts/<uuid:uuid>/", learner.shift, name="shift"),
    path("shifts/<uuid:uuid>/take-back/", learner.take_back, name="take_back"),
    path("shifts/<uuid:uuid>/withdraw/", learner.withdraw, name="withdraw"),
    path("shifts/proposals/<uuid:uuid>/", proposals.take_over, name="take_over"),
    # The supervisor, without an account
    path("sign/queue/", queue.queue, name="queue"),
    path("sign/queue/<uuid:uuid>/", queue.queued, name="queued"),
    path("sign/<str:token>/", signing.sign, name="sign"),
    path("sign/<str:token>/not-me/", signing.not_me, name="not_me"),
    path("sign/<str:token>/new/", signing.new_link, name="new_link"),
    # Anyone who has the code of a sitting
    path("receipts/", receipts.ask_receipt, name="ask_receipt"),
    path("receipts/<str:code>/", receipts.receipt, name="receipt"),
    # The school: what waits
    path("desk/placements/", waiting.desk_placements, name="desk_placements"),
    path("desk/placements/links/<uuid:uuid>/again/", waiting.desk_send_again, name="desk_send_again"),
    path("desk/placements/links/<uuid:uuid>/revoke/", waiting.desk_revoke, name="desk_revoke"),
    path("forms/links/<uuid:uuid>/print/", paper.print_paper, name="print_form"),
    path("forms/<uuid:uuid>/", paper.paper_form, name="paper_form"),
    path("desk/placements/forms/<uuid:uuid>/", paper.desk_form, name="desk_form"),
    path("desk/placements/scans/<uuid:uuid>/", paper.desk_scan, name="desk_scan"),
    path("desk/placements/scans/<uuid:uuid>/file/", paper.scan_file, name="scan_file"),
    path("desk/placements/supervisors/<uuid:uuid>/verify/", waiting.desk_verify, name="desk_verify"),
    # The school: placements
    path("desk/placements/all/", placements.all_placements, name="desk_all_placements"),
    path("desk/placements/new/", placements.find_record, name="desk_find_record"),
    path("desk/placements/new/<uuid:uuid>/", placements.place, name="desk_place"),
    path("desk/placements/<uuid:uuid>/", placements.placement, name="desk_placement"),
    path("desk/placements/<uuid:uuid>/edit/", placements.edit, name="desk_edit_placement"),
    path("desk/placements/<uuid:uuid>/end/", placements.end, name="desk_end_placement"),
    path("desk/placements/<uuid:uuid>/reopen/", placements.reopen, name="desk_reopen_placement"),
    # The school: its registers
    path("desk/sites/", sites.sites, name="desk_sites"),
    path("desk/sites/new/", sites.new, name="desk_new_site"),
    path("desk/sites/<uuid:uuid>/", sites.site, name="desk_site"),
    path("desk/sites/<uuid:uuid>/edit/", sites.edit, name="desk_edit_site"),
    path("desk/sites/assignments/<uuid:uuid>/", sites.assignment, name="desk_assignment"),
    path("desk/supervisors/", supervisors.supervisors, name="desk_supervisors"),
    path("desk/supervisors/new/", supervisors.new, name="desk_new_supervisor"),
    path("desk/supervisors/<uuid:uuid>/", supervisors.supervisor, name="desk_supervisor"),
    path("desk/supervisors/<uuid:uuid>/edit/", supervisors.edit, name="desk_edit_supervisor"),
]
