"""The demo organisation: people and teams made up, incidents real; built through the same actions that people use."""
