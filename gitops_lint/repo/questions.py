"""Questions put to a repository again: what each comes to now, as a digest that a later run compares."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from importlib import import_module

from gitops_lint.model.resource import Resource
from gitops_lint.repo.asked import Question, Step
from gitops_lint.repo.discover import WorkingTree
from gitops_lint.repo.facts import DocumentFacts, FileFacts
from gitops_lint.repo.gitdata import git_state
from gitops_lint.repo.index import ChangedMeanwhileError, Repo
from gitops_lint.repo.role import Role
from gitops_lint.text.scalars import MISSING, UNKNOWN

_SIZE = 12  # bytes of a digest
NOTHING = b""
"""Stands for the answer to a question that has none, or none that can be compared: equal to no other."""


class Questions:
    """The questions of one run, each answered once."""

    def __init__(self, repo: Repo) -> None:
        import msgspec

        self._repo = repo
        self._encode = msgspec.msgpack.Encoder(enc_hook=_plain, order="deterministic").encode
        self._known: dict[Question, bytes] = {}
        self._of_changes: dict[int, bytes] = {}
        self._wrong = (msgspec.MsgspecError, TypeError, ValueError, ChangedMeanwhileError, LookupError, RecursionError)

    def answer(self, question: Question) -> bytes:
        """The digest of what a question comes to now."""
        known = self._known.get(question)
        if known is None:
            known = self._known[question] = (
                self._content(question) if isinstance(question, str) else self._asked(question)
            )
        return known

    def comparable(self, step: Step) -> bytes:
        """The digest of a step's value; `NOTHING` where it is none that can be compared."""
        return NOTHING if step.question is None else self._digest_of(step.value)

    def step(self, question: Question) -> Step:
        """How the answer to a question about a function was worked out in this run. Raises LookupError where it was not."""
        _, module, function, *args = tuple(question)
        return self._repo.step_of(getattr(import_module(str(module)), str(function)), *map(str, args))

    def _content(self, file: str) -> bytes:
        """Of the bytes of a file and all that its trees depend on beside them."""
        facts = self._repo.given(file)
        if facts is None:
            return NOTHING
        return _digest(facts.digest.encode(), self._role(self._repo.given_roles.of(file)))

    def _role(self, role: Role) -> bytes:
        # thousands of files share what a kustomization does to them
        changes = self._of_changes.get(id(role.changes))
        if changes is None:
            changes = self._of_changes[id(role.changes)] = _digest(self._encode(role.changes))
        return changes + self._encode((role.name, role.evidence, role.applied, role.built, role.partial, role.chart))

    def _asked(self, question: Sequence[object]) -> bytes:
        name, args = str(question[0]), question[1:]
        ask = _BY_NAME.get(name)
        try:
            return self._digest_of(ask(self._repo, *args) if ask is not None else _general(self._repo, name, args))
        except self._wrong:
            return NOTHING

    def _digest_of(self, value: object) -> bytes:
        try:
            return _digest(self._encode(value))
        except self._wrong:
            return NOTHING


def _digest(*parts: bytes) -> bytes:
    made = hashlib.blake2b(digest_size=_SIZE)
    for part in parts:
        made.update(part)
    return made.digest()


def _plain(value: object) -> object:
    """What stands for an object that is no plain data."""
    if isinstance(value, Resource):
        return (value.file, value.document, value.identity)
    if value is UNKNOWN:
        return {"unknown": True}
    if value is MISSING:
        return {"missing": True}
    raise TypeError(f"{type(value).__name__} cannot be compared")


def _general(repo: Repo, name: str, args: Sequence[object]) -> object:
    owner, _, what = name.rpartition(".")
    asked: object = getattr(
        {"": repo, "tree": repo.tree, "roles": repo.roles, "graph": repo.kustomizations}[owner], what
    )
    return asked(*args) if callable(asked) else asked


def _of_resource(what: str) -> Callable[..., object]:
    def ask(repo: Repo, file: str, document: int, *identity: str) -> object:
        for one in repo.in_file(file):
            who = one.identity
            if one.document == document and (who.group, who.version, who.kind, who.namespace, who.name) == identity:
                return getattr(repo, what)(one)
        raise LookupError(file)

    return ask


def _shape(facts: FileFacts | None) -> object:
    """What is known of a file beside its places: these change with every edit, and nobody asks facts for them."""
    if facts is None:
        return None
    return (facts.file, facts.role, facts.template, facts.unreadable, [_document(one) for one in facts.documents])


def _document(one: DocumentFacts) -> object:
    return (
        (one.number, one.what, one.evidence, one.entity, one.item, one.identity),
        (one.labels, one.pod_labels, one.annotations, one.names),
        [
            (each.relation, each.kinds, each.name, each.namespace, each.optional, each.cluster)
            for each in one.references
        ],
    )


def _once(repo: Repo, module: str, function: str, *args: str) -> object:
    if not module.startswith("gitops_lint."):
        raise LookupError(module)
    found: Callable[..., object] = getattr(import_module(module), function)
    return repo.once(found, *args)


def _everything(repo: Repo) -> object:
    found = [(one.file, one.digest, one.role) for one in repo.files()]
    return found, repo.tree.every_file(), repo.remotes, _git(repo)


def _git(repo: Repo) -> object:
    return git_state(repo.given_tree.root) if isinstance(repo.given_tree, WorkingTree) else None


_BY_NAME: dict[str, Callable[..., object]] = {
    "files": lambda repo: [_shape(one) for one in repo.files()],
    "facts": lambda repo, file: _shape(repo.facts(file)),
    "in_file": lambda repo, file: repo.in_file(file),
    "harness": lambda repo, entity: [(file, _document(one)) for file, one in repo.harness(entity)],
    "of_entity": lambda repo, entity: [(file, _document(one)) for file, one in repo.of_entity(entity)],
    "namespace_of": _of_resource("namespace_of"),
    "names_of": _of_resource("names_of"),
    "built_names": _of_resource("built_names"),
    "graph.placements": lambda repo, file, *built: repo.kustomizations.placements(file, frozenset(built)),
    "once": _once,
    # whoever asks for the folder itself looks at what Git knows of it
    "tree.root": _git,
    "everything": _everything,
}
