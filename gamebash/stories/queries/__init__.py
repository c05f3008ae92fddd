"""Reads of stories: one by key, the list, and the evidence behind one."""

from gamebash.stories.queries.evidence import StoryEvidence as StoryEvidence
from gamebash.stories.queries.evidence import story_evidence as story_evidence
from gamebash.stories.queries.found import find_open_story as find_open_story
from gamebash.stories.queries.found import get_story as get_story
