"""The room `keys`."""
