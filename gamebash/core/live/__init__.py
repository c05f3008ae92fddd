"""Pages that show what is true now: what wakes them, what is sent, and how many may watch at once.

A **topic** names something that changes (``event:12``). A **show** says what one kind of page shows of a topic, as parts
with ids; a **channel** is one show of one topic in this process, a **version** what it showed since the last change. A
**watcher** is one open page. Which topics and shows there are is the features' business; nothing here knows the game.
Every message carries whole parts, never differences, so that a page which missed some is right after the next one.
"""
