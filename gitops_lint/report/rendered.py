"""
What a rendering of ApplicationSets tells, as values: each set, each of its Applications, and where they come from.

Made by `rendering`, read by the printers of this room and by whoever calls `gitops_lint.render`.
"""

from __future__ import annotations

from gitops_lint.dataclass import dataclass
from gitops_lint.text.nodes import Mapping, Scalar
from gitops_lint.text.scalars import Plain, get, plain


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """Where something begins, as people count: line and column from 1, columns in code points. file: relative to the root."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, eq=False)
class RenderedApplication:
    """
    One Application as the controller would create it.

    root: its tree; nodes that are the same in all Applications of a template are shared. generator: the path of the entry that
    yielded it, as `spec.generators[0]`. elements: what was written for it, a list element, a file, a Secret; a matrix or merge
    has several, its first generator's first. template: what it was rendered from.
    """

    root: Mapping
    generator: str
    elements: tuple[ShownPlace, ...]
    template: ShownPlace | None

    @property
    def element(self) -> ShownPlace | None:
        """The first of the elements; None where nothing was written for the Application alone."""
        return self.elements[0] if self.elements else None

    @property
    def name(self) -> str:
        """`metadata.name`; "" where there is none, or none that can be known."""
        found = get(get(self.root, "metadata"), "name")
        return found.text if isinstance(found, Scalar) else ""

    @property
    def manifest(self) -> dict[str, Plain]:
        """The whole of it as plain values."""
        made = plain(self.root)
        return made if isinstance(made, dict) else {}


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence about a set. place: where its cause is written. help: the cure, or ""."""

    message: str
    place: ShownPlace | None
    help: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class RenderedSet:
    """
    One ApplicationSet.

    namespace: None where none is written. place: of its document. applications: in the controller's order, empty where there is
    an error. error: why the controller generates nothing, in its words. unknown: why generators could not be expanded. refused: which of the
    Applications are not created all the same, because of their names.
    """

    name: str
    namespace: str | None
    place: ShownPlace
    applications: tuple[RenderedApplication, ...]
    error: Remark | None
    unknown: tuple[Remark, ...]
    refused: tuple[Remark, ...] = ()

    @property
    def words(self) -> str:
        """Its name for a sentence."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


@dataclass(frozen=True, slots=True, eq=False)
class Rendering:
    """The ApplicationSets that were asked for, by file and place."""

    applicationsets: tuple[RenderedSet, ...]

    @property
    def failed(self) -> bool:
        """Whether a set ends in an error."""
        return any(one.error is not None for one in self.applicationsets)
