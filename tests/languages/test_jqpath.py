"""Mistakes of jq paths that are seen without jq; what jq takes is never called wrong."""

from __future__ import annotations

import pytest

from gitops_lint.languages.jqpath import jq_mistake

jq = pytest.importorskip("jq")

RIGHT = [
    ".spec.replicas",
    '.spec.template.spec.containers[] | select(.name == "web[")',
    '.metadata.annotations["example.com/key-with-hyphen"]',
    '.metadata.annotations."example.com/key"',
    ".spec.a[0:2]?",
    '.a | select(test("\\\\("))',
    '"\\(.a | tostring) (" as $x | .b',
    ".a[.b-1]",
    ".a - length",
    ".a // .b",
    ".a # a comment (",
]


@pytest.mark.parametrize("path", RIGHT)
def test_right_paths_have_no_mistake(path: str) -> None:
    assert jq_mistake(path) is None
    jq.compile(path)


@pytest.mark.parametrize(
    ("path", "covered", "problem"),
    [
        ("", "", "is empty"),
        (".a[", "[", "has a `[` that is never closed"),
        (".a | select(.b == 1", "(", "has a `(` that is never closed"),
        (".a]", "]", "has a `]` that closes nothing"),
        ('.a["b]', '"b]', "has a quote without its end"),
        (".a |", "|", "ends with `|`"),
        ("/spec/replicas", "/spec/replicas", "is no jq path but a JSON pointer, which belongs under `jsonPointers`"),
    ],
)
def test_mistakes(path: str, covered: str, problem: str) -> None:
    found = jq_mistake(path)

    assert found is not None
    assert (path[found[0] : found[1]], found[2]) == (covered, problem)


@pytest.mark.parametrize("path", [".a[", ".a]", '.a["b]', ".a |", "/spec/replicas", ".a.b-c", ".a.example/c"])
def test_what_is_called_wrong_is_refused_by_jq(path: str) -> None:
    assert jq_mistake(path) is not None
    with pytest.raises(ValueError, match="compile error"):
        jq.compile(f"del({path})")
