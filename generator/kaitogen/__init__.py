"""kaitogen: intent files in, KAITO Workspaces out."""

__version__ = "0.1.0"
