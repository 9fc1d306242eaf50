"""Registers the room `accounts`."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who people and organisations are."""

    name = "accounts"
    verbose_name = "People and organisations"
