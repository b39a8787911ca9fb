"""
What the ApplicationSets of a repository come to, each worked out at the first question. The door through which `policy` asks:
the engine is imported where there is an ApplicationSet, since most runs have none.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from typing import TYPE_CHECKING

from gitops_lint.model.resource import Resource
from gitops_lint.repo.index import Repo
from gitops_lint.text.inside import place_in_value
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence
from gitops_lint.text.scalars import get
from gitops_lint.text.span import Place

if TYPE_CHECKING:
    from gitops_lint.simulate.applicationset.generate import GeneratedSet
    from gitops_lint.simulate.applicationset.params import GenerationError, ParamSet, Yield
    from gitops_lint.simulate.applicationset.validation import ContestedName, NameProblem


def generated_set(repo: Repo, appset: Resource) -> GeneratedSet:
    """The Applications that an ApplicationSet generates, or the error that it ends with."""
    from gitops_lint.simulate.applicationset.generate import GeneratedSet, generated

    def work() -> GeneratedSet:
        found, error = yields_of(repo, appset)
        most = repo.config.limits.applications
        return generated(appset, found, most) if error is None else GeneratedSet(appset, (), error)

    return repo.kept((generated_set, appset.file, appset.document, appset.identity), work)


def name_problems_of(repo: Repo, appset: Resource) -> list[NameProblem]:
    """What is wrong with the names of an ApplicationSet's Applications."""
    from gitops_lint.simulate.applicationset.validation import name_problems

    return name_problems(generated_set(repo, appset))


def contested_names_of(repo: Repo) -> list[ContestedName]:
    """The names that more than one ApplicationSet of a namespace generates, those of files that come first first."""
    from gitops_lint.simulate.applicationset.validation import contested_names

    return contested_names(generated_set(repo, one) for one in repo.resources("argoproj.io", "ApplicationSet"))


def yields_of(repo: Repo, appset: Resource) -> tuple[tuple[Yield, ...], GenerationError | None]:
    """What each entry of the generators comes to, up to the error that one ends with."""
    from gitops_lint.simulate.applicationset.generators import yields
    from gitops_lint.simulate.applicationset.params import GenerationError
    from gitops_lint.simulate.applicationset.surroundings import certain_surroundings_of

    def work() -> tuple[tuple[Yield, ...], GenerationError | None]:
        found: list[Yield] = []
        error = None
        try:
            found.extend(yields(appset.root, repo.once(certain_surroundings_of)))
        except GenerationError as raised:
            error = raised
        return tuple(found), error

    return repo.kept((yields_of, appset.file, appset.document, appset.identity), work)


def yields_alone(repo: Repo, appset: Resource, entry: Node) -> tuple[Yield, ...]:
    """What an entry of a matrix or merge yields by itself, as if it stood in `spec.generators`; nothing where it fails."""
    from gitops_lint.simulate.applicationset.generators import yields
    from gitops_lint.simulate.applicationset.params import GenerationError
    from gitops_lint.simulate.applicationset.surroundings import certain_surroundings_of

    spec = get(appset.root, "spec")
    if not isinstance(spec, Mapping):
        return ()
    alone = _with(spec, "generators", Sequence(entry.source, entry.start, entry.end, [entry]))
    try:
        return tuple(yields(_with(appset.root, "spec", alone), repo.once(certain_surroundings_of)))
    except GenerationError:
        return ()


def filled_in(text: str, params: ParamSet, appset: Resource) -> str | None:
    """A text of a generator with the parameters of a set; None where that fails or cannot be known."""
    from gitops_lint.languages.failure import LanguageError
    from gitops_lint.languages.gotemplate.function import NotDeterministicError
    from gitops_lint.simulate.applicationset.generators import mode_of
    from gitops_lint.simulate.applicationset.strings import rendered

    mode = mode_of(appset.root)
    try:
        return rendered(text, params.values, mode.go, mode.options)
    except (LanguageError, NotDeterministicError):
        return None


def reading_error(template: Scalar) -> GenerationError | None:
    """Why a text is no Go template, whatever its parameters are; None where it is one."""
    from gitops_lint.languages.failure import LanguageError
    from gitops_lint.languages.gotemplate import read
    from gitops_lint.simulate.applicationset.params import GenerationError
    from gitops_lint.simulate.applicationset.yamlfunctions import APPLICATIONSET_FUNCTIONS

    if "{{" not in template.text:
        return None
    try:
        read(template.text, APPLICATIONSET_FUNCTIONS)
    except LanguageError as error:
        source, start, end = place_in_value(template, error.start, error.end)
        places = () if source.file is None else (Place(source.file, start, end),)
        return GenerationError(error.message, places, error.help)
    return None


def cluster_labels(repo: Repo) -> list[MappingOf[str, str]]:
    """The labels of every cluster that is known."""
    from gitops_lint.simulate.applicationset.surroundings import certain_surroundings_of

    return [one.labels for one in repo.once(certain_surroundings_of).clusters]


def _with(mapping: Mapping, key: str, value: Node) -> Mapping:
    """A mapping with another value under a key that it has."""
    items = [
        value if at % 2 and isinstance(before := mapping.items[at - 1], Scalar) and before.text == key else one
        for at, one in enumerate(mapping.items)
    ]
    return Mapping(mapping.source, mapping.start, mapping.end, items, mapping.flow, mapping.open, mapping.origin)


def written_for(params: ParamSet) -> tuple[Place, ...]:
    """What was written for a parameter set, most specific first."""
    from gitops_lint.simulate.applicationset.generate import places_of

    return places_of(params)
