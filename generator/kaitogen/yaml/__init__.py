"""The only home of PyYAML: reading with limits, one tree of places for edits and comments, and writing the same bytes every time."""
