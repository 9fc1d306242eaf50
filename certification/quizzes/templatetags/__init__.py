"""How this room writes its figures."""
