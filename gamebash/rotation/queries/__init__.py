"""What the pages of rotation read, one module a page."""
