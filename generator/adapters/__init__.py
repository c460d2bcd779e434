"""The ways in: the command line, and what Argo CD, kustomize and pre-commit call."""
