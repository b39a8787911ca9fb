"""Names that are a slip of another, and names that only look alike."""

from __future__ import annotations

import pytest

from gitops_lint.simulate.resolve import near_miss


@pytest.mark.parametrize(
    ("name", "candidates", "near"),
    [
        ("web-confg", ("web-config", "shop"), "web-config"),
        ("web-cofnig", ("web-config",), "web-config"),
        ("web-configs", ("web-config",), "web-config"),
        ("web-1", ("web-2",), ""),  # a series
        ("web-1", ("web",), ""),
        ("web", ("wep",), ""),  # too short to tell
        ("web-config", ("web-config",), ""),
        ("stable-a", ("stable-b", "stable-c"), ""),  # which of them nobody can tell
        ("payment-service", ("shop-service",), ""),
    ],
)
def test_near_misses(name: str, candidates: tuple[str, ...], near: str) -> None:
    assert near_miss(name, candidates) == near
