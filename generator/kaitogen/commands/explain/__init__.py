"""`kaitogen explain`: what a code means, or which line gave a field its value."""
