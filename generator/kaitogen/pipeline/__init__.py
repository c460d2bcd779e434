"""The way from an intent to manifests: one file a stage, and the one function that names their order."""
