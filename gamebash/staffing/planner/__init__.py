"""The rotation planner on plain values: what is asked, what a plan breaks and costs, the optimum, and why."""
