"""The outside world: files written whole, git, the live cluster, and what ships with kaitogen."""
