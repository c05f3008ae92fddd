"""Reads of releases and hypercare."""
