"""
What a kustomization does to resources that it includes, without building it: which resources, and where in them.

Plain data: it travels to worker processes as part of a Role.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from functools import lru_cache
from typing import Literal

from gitops_lint.dataclass import dataclass
from gitops_lint.model.resource import Identity
from gitops_lint.pattern import pattern

# One step down a tree: a key, a position in a list, "*" in a list, or (key, text) for the list item whose `key` is `text`.
Step = str | int | tuple[str, str]
Path = tuple[Step, ...]

# (prefix, suffix) pairs that layers below a kustomization have put on a name; ("", "") for the name as it is written.
Renames = tuple[tuple[str, str], ...]
AS_WRITTEN: Renames = (("", ""),)
ANY_NAME: Renames = ()  # so many ways up that every name is possible

Effect = Literal[
    "set",  # the value at the path is replaced, added or removed; mappings on the way to it are made
    "fill",  # the same, but only where the mapping that holds it is there
    "replace",  # the value is replaced where it is there
    "grow",  # the mapping or list at the path may get more entries; those it shows stay
    "any",  # anything at or below the path may be different
    "image",  # images whose name fits `detail` get another name, tag or digest
    "labels",  # `keys` are set in metadata.labels; with detail `templates` in pod templates too, with `selectors` there too
    "annotations",  # `keys` are set in metadata.annotations and in those of pod templates
]


@dataclass(frozen=True, slots=True)
class Target:
    """
    Which resources a change is for; an empty field is any.

    exact: fields are names (a strategic merge patch says its own); else regular expressions that must match as a whole,
    as in `patches[].target`. labels: pairs of a label selector; only pairs that surely do not fit exclude a resource.
    """

    group: str = ""
    version: str = ""
    kind: str = ""
    name: str = ""
    namespace: str = ""
    exact: bool = False
    labels: tuple[tuple[str, str], ...] = ()

    def fits(self, identity: Identity, labels: MappingOf[str, str], renames: Renames = AS_WRITTEN) -> bool:
        """
        Whether a change may reach a resource as it is written.

        renames: (prefix, suffix) pairs that layers below the kustomization have put on the name: the written and every
        intermediate name count (source: kustomize api/resource/resource.go, PrevIds).
        """
        if not self._same(self.kind, identity.kind) or not self._same(self.group, identity.group):
            return False
        if not self._same(self.version, identity.version):
            return False
        if identity.namespace and not self._same(self.namespace, identity.namespace):
            return False
        if any(key in labels and labels[key] != text for key, text in self.labels):
            return False
        if not self.name or renames == ANY_NAME:
            return True
        return any(self._same(self.name, before + identity.name + behind) for before, behind in renames)

    def _same(self, wanted: str, found: str) -> bool:
        if not wanted or wanted == found:
            return True
        return not self.exact and matches_whole(wanted, found)


_LITERAL = pattern(r"[A-Za-z0-9_/-]*")


def is_literal(pattern: str) -> bool:
    """Whether a regular expression matches only itself."""
    return _LITERAL.fullmatch(pattern) is not None


def matches_whole(pattern: str, text: str) -> bool:
    """
    Whether a Go regular expression matches the whole text; True for one that RE2 cannot read, as nobody can tell then.

    Source: kustomize api/types/selector.go, which anchors the patterns of a target at both ends.
    """
    return matcher(pattern)(text)


@lru_cache(maxsize=4096)
def matcher(pattern: str) -> Callable[[str], bool]:
    """`matches_whole` for one pattern."""
    if is_literal(pattern):
        return pattern.__eq__
    # not at the top: most repositories have no such pattern
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(pattern, options=options)
    except re2.error:
        return lambda text: True
    return lambda text: compiled.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Change:
    """
    One thing that a kustomization does to resources.

    by: the kustomization's file; start, end: the entry in it, code points. path: where in the resource; () is the whole.
    keys: for labels and annotations. renames: as `Target.fits` takes them, set for the file that the change is told to.
    """

    by: str
    start: int
    end: int
    target: Target
    effect: Effect
    path: Path = ()
    detail: str = ""
    keys: tuple[str, ...] = ()
    renames: Renames = AS_WRITTEN

    @property
    def what(self) -> tuple[object, ...]:
        """All but who does it: changes that are equal in this need to be told once."""
        return (self.target, self.effect, self.path, self.detail, self.keys, self.renames)
