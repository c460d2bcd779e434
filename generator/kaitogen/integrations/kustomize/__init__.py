"""What a person runs around kustomize: installing the legacy plugin, finding faults, ready-made overlay pieces."""
