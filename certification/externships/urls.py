"""Addresses of the room `externships`."""

from django.urls import path

from .views import (
    board,
    clock,
    learner,
    own_placements,
    papers,
    placements,
    requests,
    school_shifts,
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
    path("shifts/clock/", clock.clock, name="clock"),
    path("shifts/clock/in/", clock.start, name="clock_in"),
    path("shifts/clock/<uuid:uuid>/now/", clock.tap, name="clock_tap"),
    path("shifts/clock/<uuid:uuid>/out/", clock.stop, name="clock_out"),
    path("shifts/<uuid:uuid>/", learner.shift, name="shift"),
    path("shifts/<uuid:uuid>/amend/", learner.amend, name="amend"),
    path("shifts/<uuid:uuid>/take-back/", learner.take_back, name="take_back"),
    path("shifts/<uuid:uuid>/withdraw/", learner.withdraw, name="withdraw"),
    path("shifts/placements/ask/", own_placements.ask, name="ask_placement"),
    path("shifts/placements/<uuid:uuid>/", own_placements.placement, name="placement"),
    path("shifts/placements/<uuid:uuid>/cancel/", own_placements.cancel, name="cancel_placement"),
    path("shifts/goals/<uuid:uuid>/drop/", own_placements.drop, name="drop_goal"),
    # The supervisor, without an account
    path("sign/<str:token>/", signing.sign, name="sign"),
    path("sign/<str:token>/not-me/", signing.not_me, name="not_me"),
    # The log of a placement, on paper and as a table
    path("shifts/log/<uuid:uuid>/", board.own_log, name="own_log"),
    path("shifts/log/<uuid:uuid>/<str:kind>/", board.own_log_table, name="own_log_table"),
    # The school: its board
    path("desk/externships/", board.board, name="desk_board"),
    path("desk/externships/table/<str:kind>/", board.board_table, name="desk_board_table"),
    path("desk/externships/several/", board.several, name="desk_several"),
    path("desk/placements/<uuid:uuid>/log/", board.log, name="desk_log"),
    path("desk/placements/<uuid:uuid>/log/<str:kind>/", board.log_table, name="desk_log_table"),
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
    path("desk/placements/<uuid:uuid>/approve/", requests.approve, name="desk_approve_placement"),
    path("desk/placements/<uuid:uuid>/decline/", requests.decline, name="desk_decline_placement"),
    path("desk/placements/<uuid:uuid>/goals/", requests.add, name="desk_add_goal"),
    path("desk/placements/goals/<uuid:uuid>/tick/", requests.tick, name="desk_tick_goal"),
    path("desk/placements/goals/<uuid:uuid>/drop/", requests.drop, name="desk_drop_goal"),
    # The school: shifts
    path("desk/placements/<uuid:uuid>/shifts/", school_shifts.placement_shifts, name="desk_shifts"),
    path("desk/shifts/<uuid:uuid>/", school_shifts.school_reads, name="desk_shift"),
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
    path("desk/sites/<uuid:uuid>/papers/", papers.add_to_site, name="desk_site_paper"),
    path("desk/supervisors/<uuid:uuid>/papers/", papers.add_to_supervisor, name="desk_supervisor_paper"),
    path("desk/sites/papers/<uuid:uuid>/", papers.paper, name="desk_paper"),
    path("desk/sites/papers/<uuid:uuid>/withdraw/", papers.withdraw, name="desk_withdraw_paper"),
]
