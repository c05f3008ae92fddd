"""Bug bashes: events, series, rules, players, squads, readiness. Claims and points are ``play`` and ``points``."""
