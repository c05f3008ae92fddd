"""Absences: the days on which somebody is away. Sprints, events and plans respect them; the kind is for managers only."""
