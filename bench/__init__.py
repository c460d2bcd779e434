"""Measures kaitogen against a real `kubectl kustomize`, in one run on one machine: `make bench`."""
