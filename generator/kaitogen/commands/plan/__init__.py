"""What a run will come to: each Workspace with both columns of its size, what KAITO makes of it, and the fleet."""
