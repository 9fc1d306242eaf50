"""Addresses of the room `externships`."""

from django.urls import path

from . import views

app_name = "externships"
urlpatterns = [
    path("shifts/", views.shifts, name="shifts"),
    path("shifts/new/", views.new_shift, name="new_shift"),
    path("shifts/send/", views.send, name="send"),
    path("shifts/<uuid:uuid>/", views.shift, name="shift"),
    path("shifts/<uuid:uuid>/take-back/", views.take_back, name="take_back"),
    path("shifts/<uuid:uuid>/withdraw/", views.withdraw, name="withdraw"),
    path("sign/<str:token>/", views.sign, name="sign"),
    path("sign/<str:token>/not-me/", views.not_me, name="not_me"),
    path("desk/placements/", views.desk_placements, name="desk_placements"),
    path("desk/placements/links/<uuid:uuid>/again/", views.desk_send_again, name="desk_send_again"),
    path("desk/placements/links/<uuid:uuid>/revoke/", views.desk_revoke, name="desk_revoke"),
    path("desk/placements/supervisors/<uuid:uuid>/verify/", views.desk_verify, name="desk_verify"),
]
