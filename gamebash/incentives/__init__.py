"""The incentive audit: scripted strategies play an event's own rules on its own stories, before people do.

What a strategy is paid is set against what it prevents. The rules themselves are ``events`` and ``play``; this only asks them.
"""
