"""Two sets of objects to what changes between them, and what KAITO does with each change."""
