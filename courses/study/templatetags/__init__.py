"""Template tags of the room `study`."""
