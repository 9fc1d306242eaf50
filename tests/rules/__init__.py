"""The pure rules: no database, nothing of Django."""
