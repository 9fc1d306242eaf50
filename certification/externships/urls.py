"""Addresses of the room `externships`."""

from django.urls import path

from .views import (
    checkoffs,
    competencies,
    evaluations,
    learner,
    own_competencies,
    placements,
    practical,
    signing,
    sites,
    supervisors,
    waiting,
)

app_name = "externships"
urlpatterns = [
    # The learner
    path("shifts/", learner.shifts, name="shifts"),
    path("shifts/new/", learner.new_shift, name="new_shift"),
    path("shifts/send/", learner.send, name="send"),
    path("shifts/<uuid:uuid>/", learner.shift, name="shift"),
    path("shifts/<uuid:uuid>/take-back/", learner.take_back, name="take_back"),
    path("shifts/<uuid:uuid>/withdraw/", learner.withdraw, name="withdraw"),
    # The supervisor, without an account
    path("sign/<str:token>/", signing.sign, name="sign"),
    path("sign/<str:token>/not-me/", signing.not_me, name="not_me"),
    # The school: what waits
    path("desk/placements/", waiting.desk_placements, name="desk_placements"),
    path("desk/placements/links/<uuid:uuid>/again/", waiting.desk_send_again, name="desk_send_again"),
    path("desk/placements/links/<uuid:uuid>/revoke/", waiting.desk_revoke, name="desk_revoke"),
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
    # Competencies: the learner, and the supervisor without an account
    path("competencies/", own_competencies.competencies, name="competencies"),
    path("competencies/site/<uuid:uuid>/", own_competencies.site, name="evaluate_site"),
    path("competencies/ask/<uuid:uuid>/", checkoffs.ask, name="ask_evaluation"),
    path("evaluate/<str:token>/", evaluations.evaluate, name="evaluate"),
    path("evaluate/<str:token>/not-me/", evaluations.not_me, name="evaluate_not_me"),
    # Competencies: the school
    path("desk/checkoffs/", checkoffs.checkoffs, name="desk_checkoffs"),
    path("desk/checkoffs/<uuid:uuid>/", checkoffs.sheet, name="desk_checkoff_sheet"),
    path("desk/checkoffs/failed/<uuid:uuid>/", checkoffs.plan, name="desk_remediation"),
    path("desk/checkoffs/plans/<uuid:uuid>/done/", checkoffs.plan_done, name="desk_remediation_done"),
    path("desk/competencies/", competencies.competencies, name="desk_competencies"),
    path("desk/competencies/new/", competencies.new, name="desk_new_competency"),
    path("desk/competencies/library/<slug:slug>/", competencies.take_over, name="desk_take_over_library"),
    path("desk/competencies/<uuid:uuid>/", competencies.competency, name="desk_competency"),
    path("desk/competencies/<uuid:uuid>/retire/", competencies.retire, name="desk_retire_competency"),
    path("desk/competencies/forms/<uuid:uuid>/", competencies.evaluation_form, name="desk_evaluation_form"),
    path("desk/evaluations/", evaluations.evaluations, name="desk_evaluations"),
    path("desk/evaluations/<uuid:uuid>/", evaluations.evaluation, name="desk_evaluation"),
    path("desk/evaluations/<uuid:uuid>/again/", evaluations.send_again, name="desk_evaluation_again"),
    path("desk/evaluations/<uuid:uuid>/revoke/", evaluations.revoke, name="desk_revoke_evaluation"),
    path("desk/practicals/", practical.practicals, name="desk_practicals"),
    path("desk/practicals/new/", practical.find, name="desk_find_examinee"),
    path("desk/practicals/new/<uuid:uuid>/", practical.plan, name="desk_plan_practical"),
    path("desk/practicals/kinds/new/", practical.new_kind, name="desk_new_practical_kind"),
    path("desk/practicals/kinds/<uuid:uuid>/", practical.kind, name="desk_practical_kind"),
    path("desk/practicals/<uuid:uuid>/", practical.practical, name="desk_practical"),
    path("desk/practicals/<uuid:uuid>/cancel/", practical.cancel, name="desk_cancel_practical"),
]
