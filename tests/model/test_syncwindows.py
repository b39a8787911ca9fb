"""Which Applications a sync window is for."""

from __future__ import annotations

import pytest

from gitops_lint.model.syncwindows import covered
from gitops_lint.text.nodes import Source
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.scalars import MISSING, get

SERVER = "https://prod.example.com"


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        ("[]", False),
        ("[{kind: allow, applications: ['shop-*']}]", True),
        ("[{kind: deny, applications: [shop-prod]}]", True),
        ("[{kind: allow, applications: ['*-dev']}]", False),
        ("[{kind: allow, namespaces: [shop]}]", True),
        (f"[{{kind: allow, clusters: ['{SERVER}']}}]", True),
        ("[{kind: allow, clusters: ['https://*.example.com']}]", True),
        ("[{kind: allow, applications: [other], namespaces: [shop]}]", True),
        ("[{kind: allow, applications: [other], namespaces: [shop], andOperator: true}]", False),
        ("[{kind: allow, applications: ['*'], namespaces: [shop], andOperator: true}]", True),
        # it names nothing
        ("[{kind: allow}]", False),
        ("[{kind: allow, applications: ['!shop-prod']}]", False),
        # a part that nobody knows
        ("[{kind: allow, applications: ['{{ name }}']}]", None),
        ("[{kind: allow, applications: ['{{ name }}']}, {kind: allow, namespaces: [shop]}]", True),
        ("'{{ windows }}'", None),
    ],
)
def test_windows(windows: str, expected: bool | None) -> None:
    (document,) = parse_yaml(Source(f"windows: {windows}\n")).documents
    node = get(document.root if document.root is not None else MISSING, "windows")

    assert covered(node, "shop-prod", [SERVER], "shop") is expected


def test_no_windows_cover_nothing() -> None:
    assert covered(MISSING, "shop-prod", [SERVER], "shop") is False
