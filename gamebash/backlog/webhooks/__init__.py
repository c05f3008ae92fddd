"""Messages that sources send by themselves: verified, kept, answered at once, and worked off by a worker."""
