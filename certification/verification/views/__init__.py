"""Pages of this room, by who stands before them."""
