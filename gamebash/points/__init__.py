"""Points: the append-only ledger, its scoring, standings and leaderboards. What earns them happens in ``play``."""
