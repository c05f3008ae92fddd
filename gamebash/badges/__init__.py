"""Badges: few, once each, for quality and never for how much. Awards of one event are ``ceremony``; points are ``points``."""
