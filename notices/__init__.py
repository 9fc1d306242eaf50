"""The outbox: what leaves the house, once."""
