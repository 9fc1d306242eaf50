"""Puts the rooms together: settings, addresses, the API, the WSGI door."""
