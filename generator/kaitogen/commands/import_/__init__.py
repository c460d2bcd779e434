"""Finished Workspaces back to intents: the shortest ones that render to the same data."""
