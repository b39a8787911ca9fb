"""
Which findings were there before, and which are new: a comparison of identities that the baseline and `--since` share.

Called with the findings of now and the identities of then. Looks at no message, value or line, so that an edit elsewhere,
a moved line or a reworded message makes nothing new.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence

from gitops_lint.findings import Finding, identity

Identity = tuple[str, ...]
"""As `findings.identity` gives it: the rule, the file, the resource (or `document N`), the node path."""


def partners(
    findings: Sequence[Finding], before: Sequence[Identity], is_there: Callable[[str], bool]
) -> list[int | None]:
    """
    For each finding the index in `before` of what it was then; None for a new one.

    findings: in order. before: identities in file order; each stands for one finding. is_there: whether a file still
    exists; what is known of a file that is gone also fits an equal finding in another file, first of all in one of the
    same name. Among equal ones the first in order are the old ones.
    """
    found: list[int | None] = [None] * len(findings)
    taken: set[int] = set()
    now = [identity(one) for one in findings]

    def pair(key: Callable[[Identity], Identity], old: Iterable[int]) -> None:
        waiting: dict[Identity, deque[int]] = {}
        for at in old:
            waiting.setdefault(key(before[at]), deque()).append(at)
        for number, one in enumerate(now):
            if found[number] is None and (left := waiting.get(key(one))):
                found[number] = at = left.popleft()
                taken.add(at)

    pair(lambda one: one, range(len(before)))
    there: dict[str, bool] = {}
    for file in {one[1] for at, one in enumerate(before) if at not in taken}:
        there[file] = is_there(file)
    for key in (_named, _anywhere):
        pair(key, [at for at, one in enumerate(before) if at not in taken and not there[one[1]]])
    return found


def new_findings(
    findings: Sequence[Finding], before: Iterable[Finding], is_there: Callable[[str], bool]
) -> list[Finding]:
    """The findings that were not there before, in their order. is_there: whether a file of before still exists."""
    known = partners(findings, [identity(one) for one in before], is_there)
    return [one for one, partner in zip(findings, known) if partner is None]


def _named(one: Identity) -> Identity:
    """An identity in which only the file's own name counts: the file was moved to another folder."""
    return (one[0], one[1].rpartition("/")[2], *one[2:])


def _anywhere(one: Identity) -> Identity:
    """An identity without its file: the file was renamed."""
    return (one[0], *one[2:])
