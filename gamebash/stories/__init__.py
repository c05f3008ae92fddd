"""Improvement stories: work that makes a problem stop; their value, grade, states, and the pull that chooses."""
