"""Each Workspace sized twice: what KAITO's controller will ask for, and what vLLM will then probably have."""
