"""What the pages of the backlog read."""
