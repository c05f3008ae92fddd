"""For developers: every part of the screens on one page, in all its states. Registered in debug mode only."""
