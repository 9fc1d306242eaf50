"""Takes money: prices, orders and the one door to Stripe."""
