"""The room `certification.requirements` through its services, selectors, commands and raw SQL."""
