"""
An ApplicationSet to the Applications that the controller generates from it, each with its provenance.

Source: argo-cd applicationset/controllers/template/template.go GenerateApplications, applicationset/utils/utils.go
RenderTemplateParams.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gitops_lint.dataclass import dataclass
from gitops_lint.languages.failure import BeyondLimitError, LanguageError
from gitops_lint.languages.gotemplate.function import NotDeterministicError
from gitops_lint.model.argocd import is_true
from gitops_lint.model.resource import Resource
from gitops_lint.simulate.applicationset.application import TEMPLATE
from gitops_lint.simulate.applicationset.generators import yields
from gitops_lint.simulate.applicationset.params import GenerationError, ParamSet, Unexpanded, Yield
from gitops_lint.simulate.applicationset.patch import Patch
from gitops_lint.simulate.applicationset.strings import rendered
from gitops_lint.simulate.applicationset.substitute import Plan, SubstitutionError
from gitops_lint.simulate.applicationset.surroundings import Surroundings
from gitops_lint.simulate.applicationset.template import template_of
from gitops_lint.text.inside import place_in_value, place_of
from gitops_lint.text.nodes import Mapping, Node, Origin, Scalar, Sequence
from gitops_lint.text.scalars import entries, get, items
from gitops_lint.text.span import Place

FINALIZER = "resources-finalizer.argocd.argoproj.io"
"""What Argo CD adds to an Application without finalizers: what it delivers is deleted with it."""


@dataclass(frozen=True, slots=True, eq=False)
class GeneratedApplication:
    """
    One Application.

    root: the whole manifest; nodes that a set did not change are those of the template. params: the set it was rendered with.
    origin: of every node that was made for it.
    """

    root: Mapping
    params: ParamSet
    origin: Origin

    @property
    def name(self) -> Scalar | None:
        """The scalar of `metadata.name`; None where there is none, or none that can be known."""
        found = get(get(self.root, "metadata"), "name")
        return found if isinstance(found, Scalar) else None


@dataclass(frozen=True, slots=True, eq=False)
class GeneratedSet:
    """
    What an ApplicationSet comes to.

    applications: in the controller's order; empty where there is an error, since then it changes nothing. unknown: generators
    that the repository cannot answer for; the applications are then only some of all.
    """

    appset: Resource
    applications: tuple[GeneratedApplication, ...]
    error: GenerationError | None = None
    unknown: tuple[Unexpanded, ...] = ()


def generate(appset: Resource, surroundings: Surroundings) -> GeneratedSet:
    """The Applications of an ApplicationSet, as the controller would generate them in these surroundings."""
    return generated(appset, yields(appset.root, surroundings), surroundings.most)


def generated(appset: Resource, yields: Iterable[Yield], most: int = 20_000) -> GeneratedSet:
    """
    The Applications of an ApplicationSet, from what its generators yield.

    yields: in order; taking the next one may raise GenerationError. most: how many Applications are made; a set with more
    ends there, with a word in `unknown`.
    """
    applications: list[GeneratedApplication] = []
    unknown: list[Unexpanded] = []
    renderer = _Renderer(appset)
    try:
        for one in yields:
            unknown += one.unknown
            for application in renderer.applications(one):
                if len(applications) == most:
                    why = f"it yields more than {most} Applications together with those before it"
                elif renderer.spent > _MOST_SPENT:
                    why = "its Applications hold more than is followed here, together with those before it"
                else:
                    applications.append(application)
                    continue
                unknown.append(Unexpanded(application.params.generator, why))
                return GeneratedSet(appset, tuple(applications), None, tuple(unknown))
    except GenerationError as error:
        return GeneratedSet(appset, (), error, tuple(unknown))
    return GeneratedSet(appset, tuple(applications), None, tuple(unknown))


# bytes, roughly: what the Applications of one ApplicationSet may hold that is made for each of them alone
_MOST_SPENT = 400_000_000
_NODE = 250  # bytes of a scalar with its part in the mappings above it


class _Renderer:
    """
    Renders the sets of one ApplicationSet; a template is read once for all sets that share it.

    spent: about how many bytes have been made.
    """

    def __init__(self, appset: Resource) -> None:
        root = appset.root
        self._spec = get(root, "spec")
        self._maker = f"ApplicationSet {appset.name}"
        self._go = is_true(get(self._spec, "goTemplate"))
        listed = items(get(self._spec, "goTemplateOptions"))
        self._options_written = [one for one in listed if isinstance(one, Scalar)]
        self._options = tuple(one.text for one in self._options_written)
        self._unchecked = self._go
        patch = get(self._spec, "templatePatch")
        self._patch = patch if isinstance(patch, Scalar) else None
        self._namespace = get(get(root, "metadata"), "namespace")
        self._keeps = is_true(get(get(self._spec, "syncPolicy"), "preserveResourcesOnDeletion"))
        own = get(self._spec, "template")
        self._template = own if isinstance(own, Mapping) else None
        self._patches: dict[str, Patch] = {}
        self.spent = 0
        self._plans: dict[tuple[int, bool], tuple[Node | None, Plan] | None] = {}

    def applications(self, one: Yield) -> Iterator[GeneratedApplication]:
        for params in one.sets:
            # without any parameters the template stays as it is, tokens included
            plan = self._plan(one.override, bool(params.values))
            if plan is None:
                return
            origin = Origin(self._maker, places_of(params))
            yield GeneratedApplication(self._application(plan, params, origin), params, origin)

    def _plan(self, override: Node | None, touched: bool) -> Plan | None:
        key = (id(override), touched)
        if key not in self._plans:
            made = self._planned(override, touched)
            # the node is kept so that its id stays its own
            self._plans[key] = None if made is None else (override, made)
        known = self._plans[key]
        return None if known is None else known[1]

    def _planned(self, override: Node | None, touched: bool) -> Plan | None:
        if self._template is None:
            return None
        template = template_of(self._template, override)
        if template is None:
            return None
        root = self._manifest(template, touched)
        return Plan(root, TEMPLATE, self._go, self._options, whole=template, drops_nulls=touched)

    def _manifest(self, template: Mapping, touched: bool) -> Mapping:
        """The Application as a template: with what every one gets besides its own fields."""
        made = _Made(template)
        below = {name: (key, value) for name, key, value in entries(template)}
        metadata_key, metadata = below.get("metadata", (made.text("metadata"), made.mapping()))
        spec_key, spec = below.get("spec", (made.text("spec"), made.mapping()))
        if isinstance(metadata, Mapping):
            metadata = self._metadata(metadata, made, touched)
        items: list[Node] = [
            made.text("apiVersion"),
            made.text("argoproj.io/v1alpha1"),
            made.text("kind"),
            made.text("Application"),
            metadata_key,
            metadata,
            spec_key,
            spec,
        ]
        return Mapping(template.source, template.start, template.end, items, template.flow, template.open)

    def _metadata(self, metadata: Mapping, made: _Made, touched: bool) -> Mapping:
        found = {name: (key, value) for name, key, value in entries(metadata)}
        own = found.pop("namespace", (made.text("namespace"), None))
        items: list[Node] = list(found.pop("name", ()))
        if isinstance(self._namespace, Scalar):
            items += (own[0], self._namespace)
        finalizers = found.get("finalizers")
        is_empty = finalizers is None or (isinstance(finalizers[1], Sequence) and not finalizers[1].items)
        if touched and is_empty and not self._keeps:
            found["finalizers"] = (made.text("finalizers"), made.sequence([made.text(FINALIZER)]))
        items += [one for pair in found.values() for one in pair]
        return Mapping(metadata.source, metadata.start, metadata.end, items, metadata.flow, metadata.open)

    def _application(self, plan: Plan, params: ParamSet, origin: Origin) -> Mapping:
        if params.values and self._unchecked:
            self._check_options(origin)
            self._unchecked = False
        try:
            texts = plan.texts(params.values) if params.values else plan.untouched
        except SubstitutionError as error:
            raise _failed(error.error, error.scalar, origin) from error
        self.spent += plan.size * _NODE + sum([len(text) for text in texts if isinstance(text, str)])
        root = plan.tree(texts, origin)
        assert isinstance(root, Mapping)  # what the plan was made of
        return root if self._patch is None else self._patched(root, self._patch, params, origin)

    def _check_options(self, origin: Origin) -> None:
        """Raises for an option that Go does not know: it panics at the first text, also at one without actions."""
        for option in self._options_written:
            try:
                rendered("", {}, True, (option.text,))
            except LanguageError as error:
                raise _failed(
                    LanguageError(error.message, 0, len(option.text), help=error.help), option, origin
                ) from error

    def _patched(self, root: Mapping, patch: Scalar, params: ParamSet, origin: Origin) -> Mapping:
        head, body = root.items[:_HEAD], root.items[_HEAD:]
        try:
            text = rendered(patch.text, params.values, self._go, self._options)
        except (NotDeterministicError, BeyondLimitError):
            # the patch may change anything
            return _mapping(root, [*head, *(_opened(one, origin) for one in body)], origin)
        except LanguageError as error:
            raise _failed(error, patch, origin, "error replacing values in templatePatch: ") from error
        self.spent += len(text) * _PATCHED
        application = _mapping(root, body, origin)
        try:
            made = self._read_patch(text, patch, origin).applied(application, origin)
        except LanguageError as error:
            raise _failed(error, patch, origin) from error
        if made is application:
            return root
        found = {name: (key, value) for name, key, value in entries(made)}
        metadata = found.get("metadata", (body[0], _mapping(root, [], origin)))
        spec = found.get("spec", (body[2], _mapping(root, [], origin)))
        operation = found.get("operation", ())
        restored = (
            *metadata[:1],
            self._housed(metadata[1], origin),
            *spec[:1],
            _with_project(spec[1], body[3], origin),
        )
        return _mapping(root, [*head, *restored, *operation], origin)

    def _read_patch(self, text: str, patch: Scalar, origin: Origin) -> Patch:
        known = self._patches.get(text)
        if known is None:
            known = Patch(text, patch, origin)
            if known.is_shared and len(self._patches) < _PATCHES:
                self._patches[text] = known
        return known

    def _housed(self, metadata: Node, origin: Origin) -> Node:
        """Metadata with the namespace of the ApplicationSet, which no template or patch can change."""
        if not isinstance(metadata, Mapping):
            return metadata
        items: list[Node] = []
        for name, key, value in entries(metadata):
            if name != "namespace":
                items += (key, value)
            elif isinstance(self._namespace, Scalar):
                items += (key, self._namespace)
        return _mapping(metadata, items, origin)


_PATCHED = 20  # bytes of nodes that a character of a patch comes to at most, or nearly
_PATCHES = 1024  # texts of patches that are kept
_HEAD = 4  # items of a manifest before `metadata`: apiVersion and kind with their keys


def _with_project(spec: Node, before: Node, origin: Origin) -> Node:
    """A patched spec with the project of before, and with a destination, which Go writes also where it is empty."""
    if not isinstance(spec, Mapping):
        return spec
    own = _Made(spec)
    project = get(before, "project")
    items: list[Node] = []
    found = {name: (key, value) for name, key, value in entries(spec)}
    if isinstance(project, Scalar):
        found["project"] = (found["project"][0] if "project" in found else own.text("project"), project)
    else:
        found.pop("project", None)
    found.setdefault("destination", (own.text("destination"), _mapping(spec, [], origin)))
    for pair in found.values():
        items += pair
    return _mapping(spec, items, origin)


def _mapping(at: Mapping, items: list[Node], origin: Origin) -> Mapping:
    return Mapping(at.source, at.start, at.end, items, at.flow, at.open, origin)


def _opened(node: Node, origin: Origin) -> Node:
    if not isinstance(node, Mapping):
        return node
    return Mapping(node.source, node.start, node.end, node.items, node.flow, True, origin)


class _Made:
    """Makes what the controller adds to a template, at the place of the template's first key."""

    def __init__(self, beside: Mapping) -> None:
        first = beside.items[0] if beside.items else beside
        self._source, self._start, self._end = first.source, first.start, first.end

    def text(self, text: str) -> Scalar:
        return Scalar(self._source, self._start, self._end, text)

    def mapping(self) -> Mapping:
        return Mapping(self._source, self._start, self._end, [])

    def sequence(self, items: list[Node]) -> Sequence:
        return Sequence(self._source, self._start, self._end, items)


def places_of(params: ParamSet) -> tuple[Place, ...]:
    """What was written for a set, each place once: its elements, first those of the first generator; else its generator."""
    found: list[Place] = []
    waiting = [params]
    while waiting:
        one = waiting.pop()
        if one.element is not None and one.element not in found:
            found.append(one.element)
        waiting.extend(reversed(one.parts))
    if not found:
        place = place_of(params.generator)
        return () if place is None else (place,)
    return tuple(found)


def _failed(error: LanguageError, scalar: Scalar, origin: Origin, prefix: str = "") -> GenerationError:
    """The error of the whole ApplicationSet for a text that cannot be rendered."""
    source, start, end = place_in_value(scalar, min(error.start, len(scalar.text)), min(error.end, len(scalar.text)))
    here = () if source.file is None else (Place(source.file, start, end),)
    return GenerationError(f"{prefix}{error.message}", (*here, *origin.made_from), error.help)
