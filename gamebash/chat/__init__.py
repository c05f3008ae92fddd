"""Chat: what everybody may know of an event, told in a room of the chat that people already have open."""
