"""Whole journeys through URLs, without a browser."""
