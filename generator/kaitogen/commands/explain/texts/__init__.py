"""What each code means, with an example that gets it and one that does not: the content behind `kaitogen explain`."""
