"""Addresses of the room `study`."""

from django.urls import path

from . import views

app_name = "study"
urlpatterns = [
    path("learn/", views.home, name="home"),
    path("learn/lessons/<uuid:uuid>/", views.lesson, name="lesson"),
    path("learn/lessons/<uuid:uuid>/finish/", views.finish, name="finish"),
    path("learn/modules/<uuid:uuid>/quiz/", views.quiz, name="quiz"),
    path("learn/rules/<uuid:uuid>/", views.rules, name="rules"),
    path("learn/media/<uuid:uuid>/<str:kind>", views.media, name="media"),
    path("learn/gap/<uuid:uuid>/", views.gap, name="gap"),
    path("learn/gap/<uuid:uuid>/aim/", views.aim, name="aim"),
    path("learn/aims/<uuid:uuid>/drop/", views.drop, name="drop"),
    path("desk/cohorts/", views.cohorts, name="cohorts"),
    path("desk/cohorts/<uuid:uuid>/", views.cohort, name="cohort"),
    path("desk/cohorts/<uuid:uuid>/progress/", views.progress, name="cohort_progress"),
    path("desk/cohorts/<uuid:uuid>/hours/", views.hours_of_cohort, name="cohort_hours"),
    path("desk/cohorts/<uuid:uuid>/grades/", views.grades, name="cohort_grades"),
    path("desk/cohorts/<uuid:uuid>/grades.<str:kind>", views.grades_table, name="cohort_grades_table"),
    path("desk/programs/<uuid:uuid>/lessons/", views.lessons_of_program, name="program_lessons"),
    path("desk/lessons/<uuid:uuid>/statistics/", views.lesson_statistics, name="lesson_statistics"),
]
