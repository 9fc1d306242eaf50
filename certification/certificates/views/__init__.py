"""Pages of the room, by who stands before them."""
