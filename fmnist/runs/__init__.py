"""How networks are trained, and the results: recipes and records."""
