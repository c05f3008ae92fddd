"""What pages show of watches: the list, an event's effect, repeat rates. All of it read-only."""
