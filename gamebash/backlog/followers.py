"""Who has to know when a problem becomes part of another one: features above the backlog say so when the application starts."""

from typing import Any, Protocol

from gamebash.backlog.models import Problem


class Follower(Protocol):
    """Keeps something about problems. What ``merged`` returns comes back in ``unmerged``; it may refuse by a DomainError."""

    name: str

    def merged(self, problem: Problem, into: Problem) -> list[int]:
        """Go over to the other problem."""

    def unmerged(self, problem: Problem, into: Problem, moved: list[int]) -> None:
        """Go back."""


_followers: dict[str, Follower] = {}


def follow(follower: Follower) -> None:
    """Have a follower told from now on; a second one of the same name takes its place."""
    _followers[follower.name] = follower


def tell_merged(problem: Problem, into: Problem) -> dict[str, Any]:
    """Tell every follower; return what each needs to go back."""
    return {name: follower.merged(problem, into) for name, follower in _followers.items()}


def tell_unmerged(problem: Problem, into: Problem, moved: dict[str, Any]) -> None:
    """Tell every follower that the problem stands by itself again."""
    for name, follower in _followers.items():
        follower.unmerged(problem, into, moved.get(name, []))
