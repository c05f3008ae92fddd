"""What every feature stands on and no word of the domain: configuration, database, clock, errors, audit, paging."""
