"""Reads of stories: one by key, the list, the evidence behind one, and what the pull may choose from."""

from gamebash.stories.queries.candidates import pull_candidates as pull_candidates
from gamebash.stories.queries.evidence import StoryEvidence as StoryEvidence
from gamebash.stories.queries.evidence import story_evidence as story_evidence
from gamebash.stories.queries.found import find_open_story as find_open_story
from gamebash.stories.queries.found import get_story as get_story
