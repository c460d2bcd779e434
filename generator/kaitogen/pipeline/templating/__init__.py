"""How templates are filled in: the shipped ones compiled ahead, a user's own by Jinja2 in a fenced child process."""
