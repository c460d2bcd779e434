"""Comparisons told: as text, as Markdown, as JSON, and the way out of what KAITO refuses."""
