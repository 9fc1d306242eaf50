"""Tests of the room `certification.quizzes`."""
