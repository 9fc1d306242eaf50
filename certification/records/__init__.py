"""The append-only ledger of hours."""
