"""What the page of rescores shows."""
