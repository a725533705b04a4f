"""How networks are trained, and what came of it: recipes and records."""
