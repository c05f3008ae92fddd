"""Handovers: what somebody who leaves a team passes on before their day, to whom, and that the receiver signed for it."""
