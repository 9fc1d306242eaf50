"""Addresses of the room `quizzes`, below /quizzes/."""

from django.urls import path

from . import views

app_name = "quizzes"
urlpatterns = [
    path("<uuid:uuid>/", views.assignment, name="assignment"),
    path("<uuid:uuid>/start/", views.start, name="start"),
    path("attempts/<uuid:uuid>/", views.attempt, name="attempt"),
    path("<uuid:uuid>/allow/", views.allow, name="allow"),
    path("records/<uuid:uuid>/", views.of_record, name="of_record"),
    path("attempts/<uuid:uuid>/flag/", views.flag, name="flag"),
    path("attempts/<uuid:uuid>/submit/", views.submit, name="submit"),
    path("attempts/<uuid:uuid>/result/", views.result, name="result"),
    path("attempts/<uuid:uuid>/appeal/<uuid:question>/", views.appeal, name="appeal"),
]
