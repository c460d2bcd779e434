"""Removes each rule in turn and proves that a test notices: `make mutants`."""
