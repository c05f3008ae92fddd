"""What the pages of staffing read, one module a page."""
