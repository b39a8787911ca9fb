"""What was there before and what is new, by identity alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_lint.changes import new_findings, partners
from gitops_lint.findings import Finding, Region, ResourceName, Severity, identity

WEB = ResourceName("apps", "v1", "Deployment", "shop", "web")


def finding(
    file: str = "a.yaml",
    path: str = "spec/replicas",
    rule: str = "a-rule",
    line: int = 1,
    of: ResourceName | None = WEB,
) -> Finding:
    region = Region(file, 0, 1, line, 1, line, 2, path=path)
    return Finding(rule, "yaml", "correctness", Severity.ERROR, "high", "m", region, of)


OLD = finding()


@pytest.mark.parametrize(
    ("now", "there", "new"),
    [
        ([OLD], {"a.yaml"}, []),
        ([replace(OLD, message="in other words", severity=Severity.INFO)], {"a.yaml"}, []),
        ([finding(line=70)], {"a.yaml"}, []),
        ([finding(path="spec/other")], {"a.yaml"}, [0]),
        ([finding(rule="other-rule")], {"a.yaml"}, [0]),
        ([finding(of=replace(WEB, name="api"))], {"a.yaml"}, [0]),
        ([finding(of=replace(WEB, version="v1beta1"))], {"a.yaml"}, []),
        ([finding("moved/a.yaml")], {"moved/a.yaml"}, []),
        ([finding("renamed.yaml")], {"renamed.yaml"}, []),
        # the file is still there: this is a copy
        ([finding("copy.yaml")], {"a.yaml", "copy.yaml"}, [0]),
        # of equal ones the first in order is the old one
        ([OLD, finding(line=9)], {"a.yaml"}, [1]),
        ([finding("b.yaml"), finding("c.yaml")], {"b.yaml", "c.yaml"}, [1]),
        # a file that kept its name is sooner the moved one than the first in order
        ([finding("b.yaml"), finding("x/a.yaml")], {"b.yaml", "x/a.yaml"}, [0]),
        ([], {"a.yaml"}, []),
    ],
)
def test_what_is_new(now: list[Finding], there: set[str], new: list[int]) -> None:
    assert [now[at] for at in new] == new_findings(now, [OLD], there.__contains__)


FINDINGS = st.lists(
    st.builds(finding, st.sampled_from(["a.yaml", "b.yaml", "x/a.yaml"]), st.sampled_from(["p", "q"])), max_size=8
)


@given(FINDINGS, FINDINGS, st.sets(st.sampled_from(["a.yaml", "b.yaml", "x/a.yaml"])))
def test_each_of_before_stands_for_one_finding_at_most(
    now: list[Finding], then: list[Finding], there: set[str]
) -> None:
    before = [identity(one) for one in then]
    found = partners(now, before, there.__contains__)
    used = [at for at in found if at is not None]

    assert len(used) == len(set(used))
    for one, at in zip(now, found):
        if at is not None:
            same = identity(one) == before[at]
            assert same or (before[at][1] not in there and identity(one)[2:] == before[at][2:])


@given(FINDINGS)
def test_nothing_is_new_where_nothing_changed(now: list[Finding]) -> None:
    assert new_findings(now, now, lambda file: True) == []
