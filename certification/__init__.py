"""Proves: the ledger of hours, the rules that judge it, and the certificates that come of it."""
