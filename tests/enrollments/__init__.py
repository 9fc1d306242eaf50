"""Enrolling and inviting."""
