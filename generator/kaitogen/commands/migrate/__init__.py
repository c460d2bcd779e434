"""Intents and finished Workspaces from one KAITO version to another."""
