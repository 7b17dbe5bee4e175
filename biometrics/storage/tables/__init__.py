"""All tables, as declarations that query nothing; several features join the same ones, so they are below all."""
