"""Finding things again: search over everything, and incidents that were seen before."""
