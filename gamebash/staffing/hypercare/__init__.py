"""Releases and hypercare: who built it stays beside ops as L3, teaches, and may go when the evidence is there."""
