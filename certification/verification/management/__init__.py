"""Commands of the room `verification`."""
