"""People, organisations, and the roles that people hold in them."""
