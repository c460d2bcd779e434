"""What KAITO is, per version: its catalogue, its rules, its arithmetic, and what it does with a change."""
