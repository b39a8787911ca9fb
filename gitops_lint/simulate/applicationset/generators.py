"""
The parameter sets of an ApplicationSet, generator by generator, as the controller computes them; nothing is rendered yet.

Source: argo-cd applicationset/generators/generator_spec_processor.go Transform, matrix.go, merge.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as MappingOf

from gitops_lint.dataclass import dataclass
from gitops_lint.languages.failure import BeyondLimitError, LanguageError
from gitops_lint.languages.gotemplate.function import NotDeterministicError
from gitops_lint.languages.gotemplate.values import Value
from gitops_lint.simulate.applicationset.clusters import cluster_sets
from gitops_lint.simulate.applicationset.fixtures import ASKING, asked_sets
from gitops_lint.simulate.applicationset.flatten import flattened_texts
from gitops_lint.simulate.applicationset.git import git_sets
from gitops_lint.simulate.applicationset.lists import list_sets
from gitops_lint.simulate.applicationset.matrix import CombineError, combined
from gitops_lint.simulate.applicationset.merge import DuplicateKeyError, merged_sets
from gitops_lint.simulate.applicationset.params import GenerationError, ParamSet, Unexpanded, Yield
from gitops_lint.simulate.applicationset.selectors import Selector, SelectorError, of_parameters
from gitops_lint.simulate.applicationset.specs import Entry, Spec, entries_of, filled, filled_selector, place_of
from gitops_lint.simulate.applicationset.surroundings import Surroundings
from gitops_lint.simulate.applicationset.values import Mode
from gitops_lint.text.nodes import Mapping, Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import Missing, get, items, plain, text_of, typed

Sets = tuple[list[ParamSet], tuple[Unexpanded, ...]]
_NOTHING: MappingOf[str, Value] = {}


def yields(appset_root: Mapping, surroundings: Surroundings, *, namespace: str | None = None) -> Iterator[Yield]:
    """
    What each generator yields, in order.

    appset_root: the document of the ApplicationSet. namespace: that of the ApplicationSet, where another one than is written.
    Raises GenerationError, while iterating, where the controller stops; what came before it was made but is thrown away there.
    """
    spec = get(appset_root, "spec")
    metadata = get(appset_root, "metadata")
    home = surroundings.namespace or namespace or text_of(get(metadata, "namespace"))
    expansion = _Expansion(mode_of(appset_root), surroundings, text_of(get(metadata, "name")) or "", home)
    listed = get(spec, "generators")
    if not isinstance(listed, SequenceNode):
        if not isinstance(listed, Missing) and isinstance(appset_root, Mapping):
            yield Yield((), None, (Unexpanded(appset_root, "its generators are not known"),))
        return
    if listed.open:
        yield Yield((), None, (Unexpanded(listed, "there may be more generators than are written here"),))
    made = 0
    for entry in entries_of(items(listed)):
        if entry.refused:
            yield Yield((), None, (Unexpanded(entry.node, entry.refused),))
        for result in expansion.transform(entry, _NOTHING):
            made += len(result.sets)
            override = get(result.spec.node, "template")
            sets, unknown = tuple(result.sets), result.unknown
            if made > surroundings.most:
                sets, unknown = (), (*unknown, _too_many(result.spec, surroundings.most))
            yield Yield(sets, override if isinstance(override, Mapping) else None, unknown, result.spec.node)


def mode_of(appset_root: Mapping) -> Mode:
    """How the strings of an ApplicationSet are filled in."""
    spec = get(appset_root, "spec")
    written = get(spec, "goTemplate")
    go = isinstance(written, Scalar) and typed(written) is True
    options = tuple(text for one in items(get(spec, "goTemplateOptions")) if isinstance(text := plain(one), str))
    return Mode(go, options if go else ())


@dataclass(frozen=True, slots=True, eq=False)
class _Result:
    """What one generator yields. spec: as it is written, with nothing filled in."""

    spec: Spec
    sets: list[ParamSet]
    unknown: tuple[Unexpanded, ...]


class _Expansion:
    """The generators of one ApplicationSet. home: the namespace of Argo CD."""

    def __init__(self, mode: Mode, surroundings: Surroundings, name: str, home: str | None) -> None:
        self.mode = mode
        self.surroundings = surroundings
        self.name = name
        self.home = home

    def transform(self, entry: Entry, first: MappingOf[str, Value]) -> list[_Result]:
        """The generators of one entry. first: the set of the first child of a matrix, for the second; empty else."""
        selector = self._selector(entry)
        found = []
        for spec in entry.specs:
            try:
                if first and entry.selector is not None:
                    # the controller fills it in as well, and then filters by what is written
                    filled_selector(entry.selector, first, self.mode)
                used = filled(spec, first, self.mode)
            except BeyondLimitError as error:
                found.append(_Result(spec, [], (Unexpanded(spec.node, error.message),)))
                continue
            except LanguageError as error:
                message = f"failed to replace parameters in generator: {error.message}"
                raise GenerationError(message, spec.place(), error.help) from error
            except NotDeterministicError as error:
                found.append(_Result(spec, [], (Unexpanded(spec.node, error.why),)))
                continue
            found.append(self._result(used, selector))
        return found

    def _selector(self, entry: Entry) -> Selector | None:
        if entry.selector is None:
            return None
        try:
            return of_parameters(entry.selector)
        except SelectorError as error:
            places = place_of(entry.node, "selector", *error.path)
            raise GenerationError(f"error parsing label selector: {error.message}", places) from error

    def _result(self, spec: Spec, selector: Selector | None) -> _Result:
        try:
            sets, unknown = self._sets(spec)
            if selector is not None and selector.requirements:
                sets = [one for one in sets if selector.matches(flattened_texts(one.values))]
        except BeyondLimitError as error:
            return _Result(spec, [], (Unexpanded(spec.node, error.message),))
        except LanguageError as error:
            message = f"failed to replace templated string with rendered values: {error.message}"
            raise GenerationError(message, spec.place("values"), error.help) from error
        except NotDeterministicError as error:
            return _Result(spec, [], (Unexpanded(spec.node, error.why),))
        if len(sets) > self.surroundings.most:
            return _Result(spec, [], (*unknown, _too_many(spec, self.surroundings.most)))
        return _Result(spec, sets, unknown)

    def _sets(self, spec: Spec) -> Sets:
        if spec.kind == "list":
            return list_sets(spec, self.mode), ()
        if spec.kind == "clusters":
            return cluster_sets(spec, self.mode, self.surroundings, self.home)
        if spec.kind == "git":
            return git_sets(spec, self.mode, self.surroundings)
        if spec.kind in ASKING:
            return asked_sets(spec, self.mode, self.surroundings, self.name)
        return self._matrix(spec) if spec.kind == "matrix" else self._merge(spec)

    # ---- matrix

    def _matrix(self, spec: Spec) -> Sets:
        children = spec.children()
        if len(children) != 2:
            count = "less" if len(children) < 2 else "more"
            message = f"found {count} than two generators, Matrix support only two"
            raise GenerationError(message, spec.place("generators"))
        outer, unknown = self._child(children[0], _NOTHING)
        second = children[1]
        # what does not change with the first child is made once
        fixed = not any(one.has_tokens for one in second.specs)
        inner: Sets | None = None
        found: list[ParamSet] = []
        for first in outer:
            if inner is None or not fixed:
                inner = self._child(second, first.values)
                unknown = (*unknown, *inner[1])
            if len(found) + len(inner[0]) > self.surroundings.most:
                return [], (*unknown, _too_many(spec, self.surroundings.most))
            found += [self._pair(spec, first, one) for one in inner[0]]
        return found, _distinct(unknown)

    def _pair(self, spec: Spec, first: ParamSet, second: ParamSet) -> ParamSet:
        try:
            values = combined(first.values, second.values, go=self.mode.go)
        except CombineError as error:
            places = [one.element for one in (second, first) if one.element is not None]
            message = error.message
            if error.key:
                message = f"failed to combine string maps with merging params for the matrix generator: {message}"
            raise GenerationError(message, (*places, *spec.place("generators"))) from error
        return ParamSet(values, spec.node, None, (first, second))

    # ---- merge

    def _merge(self, spec: Spec) -> Sets:
        children = spec.children()
        if len(children) < 2:
            message = "found less than two generators, Merge requires two or more"
            raise GenerationError(message, spec.place("generators"))
        made = [self._child(one, _NOTHING) for one in children]
        unknown = _distinct(tuple(one for _, some in made for one in some))
        keys = [one for one in spec.listed("mergeKeys") if isinstance(one, str)]
        if not keys:
            message = "no merge keys were specified, Merge requires at least one"
            raise GenerationError(f"error getting param sets by merge key: {message}", spec.place("mergeKeys"))
        if any(some for _, some in made[1:]):
            # they could override any of the sets
            return [], unknown
        try:
            return merged_sets([sets for sets, _ in made], keys, spec.node, go=self.mode.go), unknown
        except DuplicateKeyError as error:
            places = [one.element for one in reversed(error.sets) if one.element is not None]
            message = f"error getting param sets by merge key: {error.message}"
            raise GenerationError(message, (*places, *spec.place("mergeKeys"))) from error
        except CombineError as error:
            raise GenerationError(error.message, spec.place("generators")) from error

    # ---- children

    def _child(self, entry: Entry, first: MappingOf[str, Value]) -> Sets:
        """The sets of an entry of a matrix or merge, which holds one generator."""
        if entry.refused:
            return [], (Unexpanded(entry.node, entry.refused),)
        results = self.transform(entry, first)
        if not results:
            raise GenerationError("child generator generated no parameters", place_of(entry.node))
        if len(results) > 1:
            places = tuple(place for one in reversed(results) for place in one.spec.place()[:1])
            raise GenerationError("found more than one generator in matrix.Generators", places)
        return results[0].sets, results[0].unknown


def _too_many(spec: Spec, most: int) -> Unexpanded:
    return Unexpanded(spec.node, f"it yields more than {most} parameter sets, the limit `limits.applications`")


def _distinct(unknown: Sequence[Unexpanded]) -> tuple[Unexpanded, ...]:
    """Each reason of a generator once, however many sets of another one ran into it."""
    found = {(id(one.node), one.why): one for one in unknown}
    return tuple(found.values())
