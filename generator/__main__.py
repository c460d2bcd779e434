"""Lets `python -m generator` do what the command `kaitogen` does."""

import sys

from generator.adapters.entry import main

if __name__ == "__main__":
    sys.exit(main())
