"""Addresses of the room `commerce`."""

from django.urls import path

from . import views

app_name = "commerce"
urlpatterns = [
    path("programs/<uuid:uuid>/checkout/", views.checkout, name="checkout"),
    path("orders/<uuid:uuid>/", views.order, name="order"),
    path("webhooks/stripe/", views.stripe_webhook, name="stripe_webhook"),
]
