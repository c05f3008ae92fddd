"""The big screen: an event's board for a hall, on its own link that needs no sign-in. What it shows is what the public may see."""
