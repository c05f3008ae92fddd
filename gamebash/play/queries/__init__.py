"""What the pages of the game read: the board, a story, the feed, one's own day."""
