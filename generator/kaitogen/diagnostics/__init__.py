"""What is wrong with an input: where it stands, whether a comment suppresses it, and how each format tells it."""
