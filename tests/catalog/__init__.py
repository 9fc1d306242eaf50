"""Tests of the room `courses.catalog`."""
