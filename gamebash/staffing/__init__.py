"""Staffing is the plan, what should happen: knowledge, wishes, eligibility, rotation plans. What happened is ``rotation``."""
