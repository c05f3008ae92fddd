"""``python -m gamebash`` runs the command line."""

from gamebash.cli import main

main()
