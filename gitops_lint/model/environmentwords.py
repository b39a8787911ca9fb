"""
Words by which people name environments, and what a text says with them: `shop-prod` is production. Callers: `simulate`.

A text that holds words of two environments, or says that it is not one (`nonprod`), says nothing certain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from gitops_lint.dataclass import dataclass
from gitops_lint.pattern import pattern

PRODUCTION = "production"

# How much a word says depends on where it stands: `prod` in any place, `dev` as the last word of a name (`dev-portal` is a
# tool), `test` in a folder's name only where it is the whole of it (`load-test` is a tool as well).
_STRONG = {
    "production": PRODUCTION,
    "prod": PRODUCTION,
    "prd": PRODUCTION,
    "staging": "staging",
    "stg": "staging",
    "uat": "staging",
    "preprod": "staging",
    "preproduction": "staging",
}
_FAIR = {"stage": "staging", "development": "development", "dev": "development", "qa": "test"}
_WEAK = {"live": PRODUCTION, "test": "test"}
_ALL = {**_STRONG, **_FAIR, **_WEAK}
_NEGATIONS = frozenset(("non", "not", "no"))
_NEGATED = frozenset(("nonprod", "nonproduction", "nonprd"))

_BETWEEN = pattern(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says. environment: None where it speaks of several, or of none that is known."""

    environment: str | None


def whole_word(text: str) -> str | None:
    """The environment whose word is the whole text, numbers behind it left out; None for any other text."""
    return _ALL.get(_bare(text.lower()))


def in_name(text: str) -> Said | None:
    """What the name of an Application, a namespace or a project says; None where it holds no word of an environment."""
    return _said(_words(text), {**_FAIR, **_WEAK}, {})


def in_cluster(text: str) -> Said | None:
    """What the name of a cluster, or a label of one, says: a word counts in any place."""
    return _said(_words(text), {}, {**_FAIR, **_WEAK})


def in_host(host: str) -> Said | None:
    """What the name of a host says; its last two labels are the domain of somebody."""
    labels = host.split(".")
    return in_cluster("-".join(labels[:-2] if len(labels) > 1 else labels))


_HOLDERS = frozenset(("overlays", "overlay", "envs", "env", "environments", "environment", "clusters", "stages"))
"""Folders in which each folder is an environment, or a cluster of one."""


def in_folders(parts: Sequence[str]) -> Said | None:
    """What the folders of a path say, from its first to its last."""
    found = []
    for at, part in enumerate(parts):
        if part in _NOT_WORDS:
            continue
        if at and parts[at - 1] in _HOLDERS:
            found.append(in_cluster(part))
        else:
            whole = whole_word(part)
            found.append(Said(whole) if whole is not None else _said(_words(part), _FAIR, {}))
    return together(found)


_NOT_WORDS = frozenset(("", ".", ".."))


def together(said: Iterable[Said | None]) -> Said | None:
    """What several texts say together: one environment, or nothing certain."""
    found = {one.environment for one in said if one is not None}
    if not found:
        return None
    return Said(found.pop() if len(found) == 1 else None)


def without_words(text: str) -> str:
    """A text with every word of an environment taken out, by which copies for several environments look alike."""
    return re.sub(r"[A-Za-z]+", lambda word: "\0" if word[0].lower() in _ALL else word[0], text)


def _words(text: str) -> list[str]:
    """The words of a name, numbers of their own and behind words left out."""
    words = [bare for one in _BETWEEN.split(text.lower()) if (bare := _bare(one))]
    joined: list[str] = []
    for word in words:
        # `pre-prod` is one word as `preprod` is
        if joined and joined[-1] == "pre" and word in ("prod", "production"):
            joined[-1] = f"pre{word}"
        else:
            joined.append(word)
    return joined


def _bare(word: str) -> str:
    return word.rstrip("0123456789")


def _said(words: Sequence[str], last: dict[str, str], anywhere: dict[str, str]) -> Said | None:
    found: set[str | None] = set()
    for at, word in enumerate(words):
        if word in _NEGATED or (at and words[at - 1] in _NEGATIONS and word in _STRONG):
            found.add(None)
        elif word in _STRONG:
            found.add(_STRONG[word] if not at or _ALL.get(words[at - 1], _STRONG[word]) == _STRONG[word] else None)
        elif word in anywhere:
            found.add(anywhere[word])
        elif at == len(words) - 1 and word in last:
            # `cicd-dev-stage` is a list, and neither the one nor the other
            found.add(last[word] if not at or words[at - 1] not in _ALL else None)
    if not found:
        return None
    return Said(found.pop() if len(found) == 1 else None)
