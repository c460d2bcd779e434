"""What changes between two sides, as text, Markdown or JSON, and the way out of what KAITO refuses."""
