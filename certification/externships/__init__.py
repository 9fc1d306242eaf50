"""Placements, shifts and the signatures of supervisors who need no account."""
