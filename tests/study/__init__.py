"""Seat time and the lesson player."""
