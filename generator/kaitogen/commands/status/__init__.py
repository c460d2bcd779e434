"""`kaitogen status`: what runs of the intents, by what a cluster or a dump of it says, as text or JSON."""
