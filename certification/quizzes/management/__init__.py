"""Commands over banks of questions."""
