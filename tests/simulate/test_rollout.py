"""Weights of a canary in pods, and the scale that stays in force."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_lint.simulate.rollout import pods_of_weight, weights_beside_scale
from gitops_lint.text.nodes import Source
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.scalars import get


@pytest.mark.parametrize(
    ("replicas", "weight", "surge", "pods"),
    [
        (0, 50, True, (0, 0)),
        (1, 10, True, (1, 1)),
        (1, 10, False, (0, 1)),
        (2, 5, True, (1, 2)),
        (10, 20, True, (2, 8)),
        (10, 5, True, (1, 10)),
        (10, 100, True, (10, 0)),
        (10, 0, True, (0, 10)),
        (4, 99, False, (3, 1)),
        # upstream has no option here and says "should not get here": the canary gets no pod at 98 percent
        (25, 98, False, (0, 25)),
    ],
)
def test_a_weight_becomes_the_nearest_number_of_pods(
    replicas: int, weight: int, surge: bool, pods: tuple[int, int]
) -> None:
    assert pods_of_weight(replicas, weight, surge=surge) == pods


@given(st.integers(1, 200), st.integers(0, 100), st.booleans())
def test_pods_stay_within_what_the_strategy_allows(replicas: int, weight: int, surge: bool) -> None:
    canary, stable = pods_of_weight(replicas, weight, surge=surge)

    assert canary >= 0
    assert stable >= 0
    assert replicas <= canary + stable <= replicas + (1 if surge else 0)
    nearly_all_and_tied = replicas * weight % 100 == 50 and replicas * weight // 100 == replicas - 1
    if 0 < weight < 100 and (replicas > 1 or surge) and (surge or not nearly_all_and_tied):
        assert canary >= 1


@pytest.mark.parametrize(
    ("steps", "weights"),
    [
        ("[{setWeight: 10}]", []),
        ("[{setCanaryScale: {replicas: 1}}, {setWeight: 10}, {setWeight: 50}]", [10, 50]),
        ("[{setCanaryScale: {replicas: 1}}, {setCanaryScale: {matchTrafficWeight: true}}, {setWeight: 50}]", []),
        ("[{setCanaryScale: {replicas: 1}}, {setCanaryScale: {}}, {setWeight: 50}]", []),
        ("[{setCanaryScale: {replicas: 1}}, {setCanaryScale: {weight: 20}}, {setWeight: 50}]", []),
        ("[{setCanaryScale: {replicas: 1}}, {setWeight: '${W}'}]", []),
    ],
)
def test_a_scale_stays_until_the_next_one(steps: str, weights: list[int]) -> None:
    root = parse_yaml(Source(f"steps: {steps}", "test.yaml")).documents[0].root

    assert root is not None
    assert [weight for _, weight, _ in weights_beside_scale(get(root, "steps"))] == weights
