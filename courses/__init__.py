"""Teaches: the catalog, enrollment and study."""
