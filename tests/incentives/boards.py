"""The live event of the demo as the audit sees it: grade, points, value, hours, forecast, service and team of each story."""

from gamebash.events.rules import Rules
from gamebash.incentives.ground import Ground, SeatFacts, StoryFacts
from gamebash.stories.grades import Grade

STORIES = (
    ("blue", 1, 2.55, 0.75, 0.77, "other-services", "OPS"),
    ("blue", 1, 6.19, 3.0, 1.77, "actions", "FLO"),
    ("blue", 1, 1.7, 0.75, 0.53, "actions", "FLO"),
    ("yellow", 5, 8.0, 4.0, 2.81, "actions", "FLO"),
    ("blue", 1, 1.18, 0.75, 0.39, "actions", "FLO"),
    ("blue", 1, 0.99, 1.0, 0.49, "copilot", "DEV"),
    ("double_yellow", 8, 6.83, 8.0, 2.16, "other-services", "OPS"),
    ("red", 3, 2.08, 2.5, 0.56, "actions", "FLO"),
    ("blue", 1, 0.76, 1.0, 0.38, "git-operations", "COR"),
    ("blue", 1, 2.27, 3.0, 0.78, "webhooks", "COR"),
    ("red", 3, 1.96, 3.0, 0.78, "other-services", "OPS"),
    ("yellow", 5, 3.2, 5.0, 1.05, "copilot", "DEV"),
    ("red", 3, 1.91, 3.0, 0.68, "copilot", "DEV"),
    ("red", 3, 1.58, 2.5, 0.53, "other-services", "OPS"),
    ("double_yellow", 8, 4.93, 8.0, 2.07, "copilot", "DEV"),
    ("red", 3, 1.48, 2.5, 0.64, "webhooks", "COR"),
    ("red", 3, 1.46, 2.5, 0.73, "copilot-ai-model-providers", "DEV"),
    ("red", 3, 1.57, 3.0, 0.45, "git-operations", "COR"),
    ("yellow", 5, 1.97, 5.0, 0.82, "copilot", "DEV"),
    ("double_yellow", 8, 3.63, 8.0, 1.27, "copilot-ai-model-providers", "DEV"),
    ("yellow", 5, 2.02, 5.0, 0.53, "git-operations", "COR"),
    ("yellow", 5, 1.6, 4.0, 0.51, "other-services", "OPS"),
    ("double_yellow", 8, 3.01, 8.0, 0.9, "git-operations", "COR"),
    ("red", 3, 0.93, 2.5, 0.31, "copilot", "DEV"),
    ("yellow", 5, 1.59, 5.0, 0.58, "other-services", "OPS"),
    ("double_yellow", 8, 1.05, 7.0, 0.52, "pages", "FLO"),
)
SEATS = (
    ("OPS", None, 7.0),
    ("OPS", 12, 7.0),
    ("OPS", None, 6.0),
    ("COR", None, 5.0),
    ("SRE", 11, 5.0),
    ("SRE", None, 5.0),
    ("SRE", 12, 5.0),
    ("SRE", 12, 7.0),
    ("SRE", 10, 6.0),
    ("FLO", 9, 6.0),
    ("OPS", 11, 3.0),
    ("OPS", 9, 6.0),
    ("OPS", 10, 7.0),
    ("FLO", 11, 6.0),
    ("FLO", 10, 3.0),
    ("FLO", 10, 3.0),
    ("COL", 9, 6.0),
    ("COL", 12, 5.0),
    ("COL", 11, 3.0),
    ("COL", None, 7.0),
    ("COR", None, 7.0),
    ("FLO", 11, 5.0),
    ("COR", 10, 5.0),
    ("COR", None, 7.0),
    ("DEV", 9, 5.0),
    ("DEV", 9, 5.0),
    ("DEV", 12, 5.0),
)


def demo_ground(rules=None):
    stories = tuple(
        StoryFacts(
            f"GB-{number}",
            service,
            frozenset({team}),
            Grade(grade),
            points,
            value,
            hours,
            forecast,
            problem=str(number),
        )
        for number, (grade, points, value, hours, forecast, service, team) in enumerate(STORIES)
    )
    return Ground(stories, tuple(SeatFacts(*seat) for seat in SEATS), 720.0, 60.0, rules or Rules())
