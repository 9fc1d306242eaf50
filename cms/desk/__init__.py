"""The staff's home."""
