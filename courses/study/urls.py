"""Addresses of the room `study`, below /learn/."""

from django.urls import path

from . import views

app_name = "study"
urlpatterns = [
    path("", views.home, name="home"),
    path("lessons/<uuid:uuid>/", views.lesson, name="lesson"),
    path("lessons/<uuid:uuid>/finish/", views.finish, name="finish"),
    path("modules/<uuid:uuid>/quiz/", views.quiz, name="quiz"),
    path("rules/<uuid:uuid>/", views.rules, name="rules"),
    path("media/<uuid:uuid>/<str:kind>", views.media, name="media"),
]
