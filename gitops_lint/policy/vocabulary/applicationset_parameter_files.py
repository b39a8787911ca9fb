"""The files that git generators take parameters from: what becomes of their values on the way into a template."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from gitops_lint.dataclass import dataclass
from gitops_lint.dsl.types import ANYTHING, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Part, Spot, Value
from gitops_lint.languages.fasttemplate import read
from gitops_lint.languages.gotemplate.fields import chains
from gitops_lint.model.applicationset import rendered_strings
from gitops_lint.model.gitpatterns import files_matching
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.applicationset_values import go_print
from gitops_lint.policy.vocabulary.applicationsets import set_spec, uses_go
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.repo.index import ChangedMeanwhileError, Repo
from gitops_lint.simulate.applicationset.generated import yields_of
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, entries, get, items, key_node, templated, text_of, typed
from gitops_lint.text.span import Place

if TYPE_CHECKING:
    from gitops_lint.simulate.applicationset.params import ParamSet

FILE_VALUE = record(
    "ParameterFileValue",
    {
        "kind": Field(
            TextType(values=("null", "number", "word")),
            optional=False,
            doc="null: a null; number: a number that is printed otherwise; word: a word such as `no` that is read as true or false",
        ),
        "name": Field(TEXT, optional=False, doc="the parameter"),
        "printed": Field(TEXT, optional=False, doc="what a template prints"),
        "user": Field(ANYTHING, optional=False, doc="where the template prints it"),
    },
    doc="a value in a file of a git generator that a template prints as another text; it points at the value",
)


@attribute(
    "ApplicationSet",
    "parameterFileValues",
    returns=ListType(FILE_VALUE),
    needs={"applicationsets"},
    source="argo-cd applicationset/generators/git.go generateParamsFromGitFile; Go fmt (%v of a float64)",
)
def parameter_file_values(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Nulls, numbers and words of YAML 1.1 in parameter files that the template prints as another text than is written."""
    go = uses_go(subject)
    users = _users(subject, go is True)
    if go is None or not users:
        return ()
    found: list[Value] = []
    for one in _parameter_files(subject, repo):
        for name, node in _leaves(one.root, go=go):
            printed = go_print(node)
            if printed is None or printed == node.text or name not in users:
                continue
            given = typed(node)
            kind = "null" if given is None else "word" if isinstance(given, bool) else "number"
            shown = "<nil>" if given is None and not go else printed
            fields: dict[str, Value] = {"kind": kind, "name": name, "printed": shown}
            fields["user"] = Fact("User", users[name], {})
            found.append(Fact("ParameterFileValue", node, fields))
    return found


OVERWRITTEN = record(
    "OverwrittenParameter",
    {
        "name": Field(TEXT, optional=False, doc="the parameter"),
        "file": Field(TEXT, optional=False, doc="the file that gives it in vain"),
        "key": Field(ANYTHING, optional=False, doc="its key in that file"),
    },
    doc="a parameter of a file that the git generator replaces by its own; it points at where the template prints it",
)


@attribute(
    "ApplicationSet",
    "overwrittenParameters",
    returns=ListType(OVERWRITTEN),
    needs={"applicationsets"},
    source="argo-cd applicationset/generators/git.go generateParamsFromGitFile",
)
def overwritten_parameters(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Keys of parameter files that stand where the git generator puts the path of the file, and that the template asks for."""
    go = uses_go(subject)
    users = _users(subject, go is True)
    if go is None or not users:
        return ()
    found: dict[str, Value] = {}
    for one in _parameter_files(subject, repo):
        lead = (*((one.prefix,) if one.prefix else ()), "path")
        above = get(one.root, lead[0]) if len(lead) == 2 else one.root
        key = key_node(above, "path")
        own = ".".join(lead)
        asked = [name for name in users if name == own or name.startswith(f"{own}.")]
        if key is None or not asked or own in found:
            continue
        # with goTemplate the whole map goes; a field that the generator gives as well is meant as it is
        below = get(above, "path")
        meant = [name for name in asked if _is_in(below, name.removeprefix(own).lstrip("."))]
        if meant:
            fields: dict[str, Value] = {"name": meant[0], "file": one.file, "key": Fact("Key", key, {})}
            found[own] = Fact("OverwrittenParameter", users[meant[0]], fields)
    return list(found.values())


def _is_in(node: object, path: str) -> bool:
    """Whether a file gives a value under a dotted path below its `path`."""
    if not path:
        return isinstance(node, Scalar)
    for part in path.split("."):
        node = get(node, part) if isinstance(node, Mapping) else MISSING
    return isinstance(node, Scalar)


SEVERAL = record(
    "SeveralDocuments",
    {
        "file": Field(TEXT, optional=False, doc="the first such file"),
        "second": Field(ANYTHING, optional=False, doc="its second document"),
    },
    doc="a file of a git generator with more than one document; it points at the path that names it",
)


@attribute(
    "ApplicationSet",
    "severalDocuments",
    returns=ListType(SEVERAL),
    needs={"applicationsets"},
    source="argo-cd applicationset/generators/git.go generateParamsFromGitFile; sigs.k8s.io/yaml Unmarshal",
)
def several_documents(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Parameter files of which only the first document is read; told once for each path."""
    found: dict[int, Value] = {}
    for one in _parameter_files(subject, repo):
        if one.second is not None and one.path is not None and id(one.path) not in found:
            fields: dict[str, Value] = {"file": one.file, "second": Fact("Document", one.second, {})}
            found[id(one.path)] = Fact("SeveralDocuments", one.path, fields)
    return list(found.values())


# ---- files


@dataclass(frozen=True, slots=True, eq=False)
class _ParameterFile:
    """
    One map of a parameter file. path: the pattern that names the file. prefix: of the parameters of its path, or "". second:
    the second document of the file.
    """

    file: str
    root: Mapping
    path: Scalar | None
    prefix: str
    second: Node | None = field(default=None)


def _parameter_files(subject: Subject, repo: Repo) -> list[_ParameterFile]:
    found: dict[tuple[str, int], _ParameterFile] = {}
    yields, _ = yields_of(repo, resource_of(subject))
    for params in (part for one in yields for some in one.sets for part in _single(some)):
        place = params.element
        if place is None or "//" in place.file or place.file == subject.file or (place.file, place.start) in found:
            continue
        generator = params.generator
        files = items(get(generator, "files")) if isinstance(generator, Mapping) else []
        if not files:
            continue
        made = _read(repo, place, files, text_of(get(generator, "pathParamPrefix")) or "")
        if made is not None:
            found[place.file, place.start] = made
    return list(found.values())


def _single(params: ParamSet) -> Iterator[ParamSet]:
    if params.parts:
        for part in params.parts:
            yield from _single(part)
    else:
        yield params


def _read(repo: Repo, place: Place, listed: Sequence[Node], prefix: str) -> _ParameterFile | None:
    try:
        documents = [one.root for one in repo.load(place.file).documents if one.root is not None]
    except (OSError, ChangedMeanwhileError):
        return None
    if not documents:
        return None
    first = documents[0]
    candidates = first.items if isinstance(first, SequenceNode) else [first]
    root = next((one for one in candidates if one.start == place.start and isinstance(one, Mapping)), None)
    if root is None:
        return None
    paths = [get(one, "path") for one in listed]
    named = [one for one in paths if isinstance(one, Scalar) and not templated(one.text)]
    path = next((one for one in named if files_matching(one.text, [place.file])), None)
    return _ParameterFile(place.file, root, path, prefix, documents[1] if len(documents) > 1 else None)


def _leaves(node: Node, lead: str = "", *, go: bool) -> Iterator[tuple[str, Scalar]]:
    """Names as templates write them, joined by dots, and the scalars they mean; lists only without goTemplate, by number."""
    if isinstance(node, Scalar):
        yield lead, node
    elif isinstance(node, Mapping):
        for name, _, below in entries(node):
            yield from _leaves(below, f"{lead}.{name}" if lead else name, go=go)
    elif isinstance(node, SequenceNode) and not go:
        for number, below in enumerate(node.items):
            yield from _leaves(below, f"{lead}.{number}" if lead else str(number), go=go)


def _users(subject: Subject, go: bool) -> dict[str, Spot]:
    """Parameter, joined by dots, to the first place where the template prints it as it is."""
    found: dict[str, Spot] = {}
    for one in rendered_strings(get(set_spec(subject), "template")):
        text = one.scalar.text
        if go:
            for start, end, chain, bare in chains(text):
                if bare:
                    found.setdefault(".".join(chain), Part(one.scalar, start, end))
        else:
            for token in read(text).tokens:
                if token.name:
                    found.setdefault(token.name, Part(one.scalar, token.start, token.end))
    return found
