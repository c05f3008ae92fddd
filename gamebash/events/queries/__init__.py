"""What the pages about events read: the list, the organiser's page, rules, players, series, and a summary."""
