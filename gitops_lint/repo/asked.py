"""
What an answer depended on: every question that is put to a repository is noted while the answer is worked out, so that a later
run can put the same questions again and, where all come to the same, take the old answer.

A question is the path of a file whose text was read, or a name with plain arguments (`("named", "", "Service", "web")`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, TypeVar

from gitops_lint.repo.discover import WorkingTree
from gitops_lint.repo.kustomizations import Kustomizations, Placement
from gitops_lint.repo.roles import Roles

Answer = TypeVar("Answer")
Question = str | tuple[str | int | bool | None, ...]


EVERYTHING = ("everything",)
"""The question for all that there is: what answers may depend on anything."""


class Step:
    """
    Something that was worked out once and served many answers.

    needs: what it depended on itself. question: how to work it out again, where its value can be compared.
    """

    __slots__ = ("needs", "question", "value")

    def __init__(self, needs: frozenset[Need], question: Question | None = None, value: object = None) -> None:
        self.needs = needs
        self.question = question
        self.value = value


Need = Question | Step


class Asked:
    """
    The notes of one repository. now: where questions are noted at this moment; None: nobody wants to know.
    """

    __slots__ = ("now",)

    def __init__(self) -> None:
        self.now: set[Need] | None = None

    def note(self, *question: str | int | bool | None) -> None:
        """Notes a question."""
        if self.now is not None:
            self.now.add(question)

    def step(self, work: Callable[[], Answer], question: Question | None = None) -> tuple[Answer, Step]:
        """
        What work comes to, and what it depended on; nothing of that counts for whoever is asking now.

        An object with attributes of its own counts as depending on everything, unless its class says `settled = True`: that it
        asks nothing more once it is made.
        """
        outer = self.now
        mine: set[Need] = set()
        self.now = mine
        try:
            value = work()
        except BaseException:
            # who asks has no answer to name, so all that led here counts for it
            if outer is not None:
                outer |= mine
            raise
        finally:
            self.now = outer
        if hasattr(value, "__dict__") and not isinstance(value, Enum) and not getattr(value, "settled", False):
            # such an object may find out more when it is asked, and hand that out later without a note
            mine.add(EVERYTHING)
        return value, Step(frozenset(mine), question, value if question is not None else None)


class _Asking:
    """What stands before something whose answers are noted. What has no note of its own counts as asking for everything."""

    given: object
    asked: Asked

    def __getattr__(self, name: str) -> Any:
        if name in ("given", "asked"):
            raise AttributeError(name)
        self.asked.note(*EVERYTHING)
        return getattr(self.given, name)


class AskedTree(_Asking, WorkingTree):
    """A folder whose answers are noted: `_TREE` names what may be asked of it."""

    def __init__(self, tree: WorkingTree, asked: Asked) -> None:
        self.given: WorkingTree = tree
        self.asked = asked

    def read(self, file: str) -> bytes:
        if self.asked.now is not None:
            self.asked.now.add(file)
        return self.given.read(file)


class AskedKustomizations(_Asking, Kustomizations):
    """A graph whose answers are noted: `_GRAPH` names what may be asked of it."""

    def __init__(self, graph: Kustomizations, asked: Asked) -> None:
        self.given: Kustomizations = graph
        self.asked = asked


class AskedRoles(_Asking, Roles):
    """Roles whose answers are noted: `_ROLES` names what may be asked of them."""

    def __init__(self, roles: Roles, asked: Asked) -> None:
        self.given: Roles = roles
        self.asked = asked
        self.kustomizations = AskedKustomizations(roles.kustomizations, asked)


_TREE = ("files", "every_file", "names", "size", "exists", "is_directory", "resolve", "list_directory", "unseen")
_GRAPH = (
    "all",
    "at",
    "of_file",
    "named_by",
    "includers",
    "included_by_any",
    "closure",
    "files_of",
    "unseen_in",
    "generated",
    "changes_to",
)
_ROLES = ("of", "items", "__len__")
_LISTS = ("charts", "sources", "generators")

_Facade = AskedTree | AskedKustomizations | AskedRoles


def _method(owner: str, name: str) -> Callable[..., object]:
    word = f"{owner}.{name}"

    def ask(self: _Facade, *args: str) -> object:
        now = self.asked.now
        if now is not None:
            now.add((word, *args))
        answer: object = getattr(self.given, name)(*args)
        return answer

    return ask


def _list(owner: str, name: str) -> property:
    word = f"{owner}.{name}"

    def ask(self: _Facade) -> object:
        self.asked.note(word)
        answer: object = getattr(self.given, name)
        return answer

    return property(ask)


for _name in _TREE:
    setattr(AskedTree, _name, _method("tree", _name))
for _name in ("root", "skipped"):
    setattr(AskedTree, _name, _list("tree", _name))
for _name in _GRAPH:
    setattr(AskedKustomizations, _name, _method("graph", _name))
setattr(AskedKustomizations, "builds", _list("graph", "builds"))  # noqa: B010
for _name in _ROLES:
    setattr(AskedRoles, _name, _method("roles", _name))
for _name in _LISTS:
    setattr(AskedRoles, _name, _list("roles", _name))


def _placements(self: AskedKustomizations, file: str, built: frozenset[str] = frozenset()) -> Sequence[Placement]:
    if self.asked.now is not None:
        self.asked.now.add(("graph.placements", file, *sorted(built)))
    return self.given.placements(file, built)


setattr(AskedKustomizations, "placements", _placements)  # noqa: B010
