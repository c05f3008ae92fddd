"""Personal data: everything about oneself to take along, and people who left made anonymous everywhere."""
