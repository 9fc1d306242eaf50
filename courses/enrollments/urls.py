"""Addresses of the room `enrollments`."""

from django.urls import path

from . import views

app_name = "enrollments"
urlpatterns = [
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    path("enroll/<uuid:uuid>/", views.enroll, name="enroll"),
    path("desk/invitations/", views.invitations, name="invitations"),
    path("desk/invitations/<uuid:uuid>/withdraw/", views.withdraw, name="withdraw"),
]
