"""What the pages of an event's end read: judging, results, the ceremony, the report."""
