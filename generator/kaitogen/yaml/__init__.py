"""The only home of PyYAML: reading with limits, one tree of places for edits and comments, and writing the same bytes every time."""

import kaitogen.yaml.libyaml  # noqa: F401 - before any module here imports from PyYAML
