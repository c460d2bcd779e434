"""What Argo CD's repo server runs in its sidecar, and what installs and checks that."""
