"""People: who they are, how they sign in, what roles they hold. Where they work is ``rotation``."""
