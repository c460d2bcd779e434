"""Tables that a user keeps beside the intents, read and judged: prices, a budget, configurations of models."""
