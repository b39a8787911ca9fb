"""What `for each` binds: a resource, a document, an entity or a file, answering by name with attributes and fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from gitops_lint.dataclass import dataclass
from gitops_lint.dsl.world import Attribute, Spot, Value
from gitops_lint.model.resource import Resource
from gitops_lint.model.schema import Schemas
from gitops_lint.repo.asked import Step
from gitops_lint.repo.index import Repo
from gitops_lint.repo.load import LoadedFile
from gitops_lint.text.nodes import Node
from gitops_lint.text.scalars import MISSING, get
from gitops_lint.text.span import Place


class Context:
    """
    What attributes and functions may ask beside their subject.

    targets: product to version. params: rule id to parameter values of the configuration. repo: None while a worker runs
    local rules on one file.
    """

    __slots__ = ("params", "repo", "schemas", "targets")

    def __init__(
        self,
        schemas: Schemas,
        targets: Mapping[str, str],
        params: Mapping[str, Mapping[str, object]] | None = None,
        repo: Repo | None = None,
    ) -> None:
        self.schemas = schemas
        self.targets = targets
        self.params = params or {}
        self.repo = repo

    def over(self, repo: Repo) -> Context:
        """The same with the whole repository at hand."""
        return Context(self.schemas, self.targets, self.params, repo)


@dataclass(frozen=True, slots=True)
class Making:
    """
    How something that no file holds came to be.

    by: the ApplicationSet. words: how messages call it, `ApplicationSet shop`. element: what was written for this one (a list
    element, the Secret of a cluster); None where nothing was. template: where its template stands.
    """

    by: Resource
    words: str
    element: Place | None
    template: Place | None


class Subject:
    """
    One thing that rules look at.

    kind: the kind it was bound as (`Rollout`, `File`, `HarnessPipeline`). attributes: what the vocabulary can compute of
    it. root: its node, or a function that gives it (parsed again where a rule asks); None for a file. resource: set where
    it is a Kubernetes object. made: set where a controller made it of what is written. Answers are kept, so that twenty rules compute an attribute once.
    """

    __slots__ = (
        "_answers",
        "_root",
        "_steps",
        "attributes",
        "context",
        "document",
        "file",
        "kind",
        "loaded",
        "made",
        "resource",
    )

    def __init__(
        self,
        kind: str,
        attributes: Mapping[str, Attribute],
        context: Context,
        file: str,
        document: int,
        root: Node | Callable[[], Node | None] | None,
        resource: Resource | None = None,
        loaded: LoadedFile | Callable[[], LoadedFile] | None = None,
        made: Making | None = None,
    ) -> None:
        self.kind = kind
        self.attributes = attributes
        self.context = context
        self.file = file
        self.document = document
        self._root = root
        self.resource = resource
        self.loaded = loaded
        self.made = made
        self._answers: dict[str, Value] = {}
        self._steps: dict[str, Step] | None = None

    def __repr__(self) -> str:
        return f"<Subject {self.words()} of {self.file}#{self.document}>"

    @property
    def root(self) -> Node | None:
        if callable(self._root):
            return self._root()
        self._note()
        return self._root

    @property
    def node(self) -> Spot | None:
        return self.root

    @property
    def text_of_file(self) -> LoadedFile:
        """The file with all its documents; a file subject always has one."""
        if self.loaded is None:
            raise LookupError(f"{self.file} was not loaded for this subject")
        self._note()
        return self.loaded() if callable(self.loaded) else self.loaded

    def _note(self, name: str = "") -> None:
        """Notes what an answer depended on, or else that the tree of the file is looked at."""
        repo = self.context.repo
        if repo is not None and repo.asked.now is not None:
            step = self._steps.get(name) if self._steps is not None else None
            repo.asked.now.add(self.file if step is None else step)

    def answered(self, name: str) -> Value:
        """What an attribute has answered already; None where nobody has asked."""
        known = self._answers.get(name)
        if known is not None:
            self._note(name)
        return known

    def ask(self, name: str) -> Value:
        answers = self._answers
        if name in answers:
            self._note(name)
            return answers[name]
        attribute = self.attributes.get(name)
        if attribute is None:
            root = self.root
            return MISSING if root is None else get(root, name)
        if attribute.needs:
            if self.context.repo is None:
                raise LookupError(f"{name} needs the whole repository")
            answer = self._over(self.context.repo, name, attribute)
        else:
            self._note()
            answer = attribute.compute(self)
        if answer is None:
            answer = MISSING
        answers[name] = answer
        return answer

    def _over(self, repo: Repo, name: str, attribute: Attribute) -> Value:
        """What an attribute answers that looks across files; on what it depended is kept beside it."""
        if not repo.noting:
            answer: Value = attribute.compute(self, repo)
            return answer
        answer, step = repo.asked.step(partial(attribute.compute, self, repo))
        if step.needs != {self.file}:
            self._steps = self._steps or {}
            self._steps[name] = step
        self._note(name)
        return answer

    def words(self) -> str:
        """`Rollout shop/web`; a file by its name."""
        if self.resource is None:
            return self.file if self.kind == "File" else f"{self.kind} in {self.file}"
        who = self.resource.identity
        name = f"{who.namespace}/{who.name}" if who.namespace else who.name
        return f"{who.kind} {name}" if name else who.kind
