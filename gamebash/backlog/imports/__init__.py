"""Taking in files: reading rows, guessing what their columns mean, making incidents of them in a run."""
