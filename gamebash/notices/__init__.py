"""Notices: something told to one person, once, kept until they have seen it. What is told to everybody is an announcement."""
