"""KAITO's catalogues as lists to look things up in: its models, and the instance types it knows."""
