"""Addresses of the room `cms.desk`; other rooms add theirs under /desk/."""

from django.urls import path

from . import views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("people/", views.find_people, name="people"),
    path("records/<uuid:uuid>/", views.record, name="record"),
    path("orders/", views.orders, name="orders"),
]
