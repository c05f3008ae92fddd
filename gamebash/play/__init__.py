"""The game itself: claims, fixes, reviews, the board and My day. Points are ``points``, the frame is ``events``."""
