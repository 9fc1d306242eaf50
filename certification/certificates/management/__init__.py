"""Commands of the room `certificates`."""
