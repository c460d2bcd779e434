"""Where others call kaitogen: Argo CD, KRM functions, kustomize."""
