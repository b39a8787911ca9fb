"""What a kustomization does to resources that it includes, without building it: which resources, and where in them."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from typing import Literal

from gitops_lint.model.resource import Identity

# One step down a tree: a key, a position in a list, or (key, text) for the list item in which `key` is `text`.
Step = str | int | tuple[str, str]
Path = tuple[Step, ...]

Effect = Literal[
    "set",  # the value is replaced, added or removed
    "grow",  # the mapping or list may get more entries
    "image",  # images of this name get another name, tag or digest
    "labels",
    "annotations",
]


@dataclass(frozen=True, slots=True)
class Target:
    """
    Which resources a change is for; an empty field is any.

    exact: fields are names (a strategic merge patch says its own); else regular expressions that must match as a whole,
    as in `patches[].target`. labels: pairs of a label selector; only pairs that surely do not fit exclude a resource.
    renames: (prefix, suffix) that layers between the file and this kustomization put on names: each of them counts.
    """

    group: str = ""
    version: str = ""
    kind: str = ""
    name: str = ""
    namespace: str = ""
    exact: bool = False
    labels: tuple[tuple[str, str], ...] = ()
    renames: tuple[tuple[str, str], ...] = field(default=(("", ""),))

    def fits(self, identity: Identity, labels: MappingOf[str, str]) -> bool:
        """Whether the change may reach a resource as it is written."""
        if not self._same(self.kind, identity.kind) or not self._same(self.group, identity.group):
            return False
        if self.version and not self._same(self.version, identity.version):
            return False
        if self.namespace and identity.namespace and not self._same(self.namespace, identity.namespace):
            return False
        if any(key in labels and labels[key] != text for key, text in self.labels):
            return False
        if not self.name:
            return True
        return any(self._same(self.name, prefix + identity.name + suffix) for prefix, suffix in self.renames)

    def _same(self, wanted: str, found: str) -> bool:
        if not wanted or wanted == found:
            return True
        return not self.exact and matches_whole(wanted, found)


_LITERAL = re.compile(r"[A-Za-z0-9_/-]*")


def matches_whole(pattern: str, text: str) -> bool:
    """
    Whether a Go regular expression matches the whole text; True for one that RE2 cannot read, as nobody can tell then.

    Source: kustomize api/types/selector.go, which anchors the patterns of a target at both ends.
    """
    if _LITERAL.fullmatch(pattern):
        return pattern == text
    # not at the top: most repositories have no such pattern
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.fullmatch(pattern, text, options=options) is not None
    except re2.error:
        return True


@dataclass(frozen=True, slots=True)
class Change:
    """
    One thing that a kustomization does to resources.

    by: the kustomization's file; start, end: the entry in it, code points. target: which resources. path: where in
    them; () is the whole resource. effect: what happens there; detail: the image's name for `image`.
    """

    by: str
    start: int
    end: int
    target: Target
    path: Path = ()
    effect: Effect = "set"
    detail: str = ""
