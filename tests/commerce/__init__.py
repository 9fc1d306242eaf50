"""Buying a place, against a Stripe-compatible server."""
