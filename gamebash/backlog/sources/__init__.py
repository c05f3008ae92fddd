"""Pulling incidents from the systems people use: one small core, and a short module for each kind of source."""
