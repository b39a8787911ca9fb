"""Parameter sets: what a generator yields for one Application, and where it was written."""

from __future__ import annotations

from collections.abc import Mapping

from gitops_lint.dataclass import dataclass
from gitops_lint.languages.gotemplate.values import Value
from gitops_lint.text.nodes import Node
from gitops_lint.text.span import Place


@dataclass(frozen=True, slots=True, eq=False)
class ParamSet:
    """
    The parameters of one Application.

    values: without goTemplate a flat map of names as templates write them (`path.basename`, `values.env`), with it nested values
    of Go templates; never changed. generator: the node of the generator that yielded it. element: what of it was written for this set (a list element,
    the Secret of a cluster, the file of a git generator, the pattern of its directories); None where nothing was, and for a
    matrix or merge. parts: the sets that a matrix or merge made it of.
    """

    values: Mapping[str, Value]
    generator: Node
    element: Place | None
    parts: tuple[ParamSet, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Unexpanded:
    """A generator whose sets cannot be known from the repository. why: one sentence; node: the generator."""

    node: Node
    why: str


class GenerationError(Exception):
    """
    The controller would stop here: one error anywhere, and nothing of the ApplicationSet is created, changed or deleted.

    message: the controller's own words, so that people can search for them. places: where the cause was written, most
    specific first. help: ours, or "".
    """

    def __init__(self, message: str, places: tuple[Place, ...] = (), help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.places = places
        self.help = help


@dataclass(frozen=True, slots=True, eq=False)
class Yield:
    """
    What one generator of an entry of `spec.generators` comes to, as upstream's Transform gives it; an entry holds one, seldom several.

    sets: in the controller's order. override: the `template` of the generator, merged over the ApplicationSet's own; None
    without one. unknown: what could not be expanded; `sets` then holds what is known beside it. generator: the node of the
    generator; None where an entry, or the list of them, is not known.
    """

    sets: tuple[ParamSet, ...]
    override: Node | None = None
    unknown: tuple[Unexpanded, ...] = ()
    generator: Node | None = None
