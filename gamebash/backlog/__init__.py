"""Services, sources, incidents, noise, problems and their forecast. What is done about them is ``stories``."""
