"""Journeys in a real browser: a real server, a real SMTP sink, a Stripe-compatible server."""
