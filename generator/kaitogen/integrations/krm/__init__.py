"""The KRM function and the legacy kustomize plugin: objects come in, objects go out."""
