"""The rotation log: teams, moves, and who is where on any day. What should happen is ``staffing``'s business."""
