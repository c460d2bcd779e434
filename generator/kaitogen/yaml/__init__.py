"""The only home of PyYAML: reading with limits, locating, and writing the same bytes every time."""
