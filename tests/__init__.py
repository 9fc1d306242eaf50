"""The product's tests: `rules/` without a database, one folder a room through its faces, then journeys and the rest."""
