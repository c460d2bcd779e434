"""Random input: none of it may make kaitogen break down."""
