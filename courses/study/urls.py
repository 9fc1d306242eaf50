"""Addresses of the room `study`."""

from django.urls import path

from . import views

app_name = "study"
urlpatterns = [
    path("learn/", views.home, name="home"),
    path("learn/lessons/<uuid:uuid>/", views.lesson, name="lesson"),
    path("learn/lessons/<uuid:uuid>/finish/", views.finish, name="finish"),
    path("learn/lessons/<uuid:uuid>/files/<uuid:block>/", views.download, name="download"),
    path("learn/lessons/<uuid:uuid>/checks/<uuid:block>/", views.answer_check, name="answer_check"),
    path("learn/lessons/<uuid:uuid>/reflections/<uuid:block>/", views.reflect, name="reflect"),
    path("learn/modules/<uuid:uuid>/quiz/", views.quiz, name="quiz"),
    path("learn/glossary/<uuid:uuid>/", views.glossary, name="glossary"),
    path("learn/rules/<uuid:uuid>/", views.rules, name="rules"),
    path("learn/media/<uuid:uuid>/<str:kind>", views.media, name="media"),
    path("learn/gap/<uuid:uuid>/", views.gap, name="gap"),
    path("learn/gap/<uuid:uuid>/aim/", views.aim, name="aim"),
    path("learn/aims/<uuid:uuid>/drop/", views.drop, name="drop"),
    path("desk/cohorts/", views.cohorts, name="cohorts"),
    path("desk/cohorts/<uuid:uuid>/", views.cohort, name="cohort"),
    path("desk/cohorts/<uuid:uuid>/hours/", views.hours_of_cohort, name="cohort_hours"),
    path("desk/lessons/<uuid:uuid>/learners/", views.lesson_learners, name="lesson_learners"),
]
