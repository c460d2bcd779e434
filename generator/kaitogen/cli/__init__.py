"""The command line as a whole: the table of commands, its two parsers, and the way from a name to what runs."""
