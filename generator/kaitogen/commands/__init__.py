"""The commands: one file or folder each, its options beside it."""
