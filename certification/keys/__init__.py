"""Owns the signing keys: public halves in the database for ever, private halves in a file outside it."""
