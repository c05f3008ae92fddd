"""What the audit is made from, and what its page shows."""
