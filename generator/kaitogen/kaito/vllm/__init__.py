"""The command line of the vLLM that each KAITO pins: its arguments, and what they make of a word."""
