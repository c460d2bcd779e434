"""What `kaitogen nodes` runs: where facts come from, and how they are shown."""
