"""Tests of the room `certification.externships`."""
