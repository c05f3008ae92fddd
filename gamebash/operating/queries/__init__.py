"""The log of operating models as pages and tables, and what is counted before and after a switch."""
