"""The shape of the house: imports, migrations, foreign keys, addresses."""
