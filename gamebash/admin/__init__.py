"""Running the installation: people and roles, the audit record, health."""
