"""
Inputs against the pipeline they are for: input sets and the `inputYaml` of triggers.

Both trees are laid out as qualified names and compared, as Harness does it: what the pipeline has as `<+input>` may be given,
nothing else. Source: harness-core InputSetErrorsHelper.java, FQNMapGenerator, RuntimeInputValuesValidator.java,
NGTriggerServiceImpl.java.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitops_lint.dataclass import dataclass
from gitops_lint.dsl.types import TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Part, Value
from gitops_lint.languages.harness import INPUT, runtime_input
from gitops_lint.model.harness import Found, known_text
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.harness import body_of
from gitops_lint.policy.vocabulary.harness_entities import close, listed, pipeline_named
from gitops_lint.policy.vocabulary.harness_runtime import refusal
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Mapping, Node, Scalar, Source
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.scalars import MISSING, entries, get, text_of

WRONG_INPUT = record(
    "HarnessWrongInput",
    {
        "problem": Field(
            TextType(values=("none", "fixed", "unknown", "type", "refused")),
            optional=False,
            doc="what sort of mistake it is",
        ),
        "name": Field(TEXT, optional=False, doc="what the input is for, as a path"),
        "value": Field(TEXT, optional=False, doc="the value that is given, or empty"),
        "why": Field(TEXT, optional=False, doc="for refused: why, a clause; for type: the type in the pipeline"),
        "near": Field(TEXT, optional=False, doc="the name that was probably meant, or empty"),
        "known": Field(TEXT, optional=False, doc="for unknown: what there is beside it, listed; or empty"),
    },
    doc="an input that the pipeline does not take",
)

# Harness takes whatever stands below these, since other entities say what they need.
_FREE = frozenset(
    (
        *("service", "services", "environment", "environments", "environmentGroup", "template", "templateInputs"),
        *("serviceInputs", "environmentInputs", "serviceOverrideInputs", "inputs", "pipelineInputs", "serviceConfig"),
        *("infrastructure", "delegateSelectors", "tags"),
    )
)
_NAMING = ("identifier", "id", "name", "key", "commandType", "serviceRef", "environmentRef")
_IDENTITY = ("identifier", "type", "name", "id", "key")

_Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """
    One value with its qualified name. path: keys, and `[identifier:x]` for an item of a list. named: for an item's own
    identifier or name, the length of the path to the item; else 0.
    """

    path: _Path
    node: Node
    named: int = 0


def leaves(node: Found, path: _Path = ()) -> Iterator[Leaf]:
    """Every value below a node with its qualified name; `parallel` adds nothing to a name."""
    if isinstance(node, Mapping):
        for key, _, child in entries(node):
            yield from leaves(child, path if key == "parallel" else (*path, key))
    elif isinstance(node, SequenceNode):
        yield from _items(node, path)
    elif isinstance(node, Scalar):
        yield Leaf(path, node)


def _items(node: SequenceNode, path: _Path) -> Iterator[Leaf]:
    for item in node.items:
        if not isinstance(item, Mapping):
            yield Leaf(path, node)
            return
        keys = entries(item)
        if len(keys) == 1 and keys[0][0] == "parallel":
            yield from leaves(keys[0][2], path)
            continue
        if len(keys) == 1 and isinstance(keys[0][2], Mapping):
            found = _name(keys[0][2])
            if found is not None:
                here = (*path, f"{keys[0][0]}[{found[0]}:{found[1]}]")
                yield from _named(keys[0][2], here, found[0])
                continue
        found = _name(item)
        if found is None:
            yield Leaf(path, node)
            return
        yield from _named(item, (*path, f"[{found[0]}:{found[1]}]"), found[0])


def _named(item: Mapping, path: _Path, name: str) -> Iterator[Leaf]:
    for key, _, child in entries(item):
        if key == name and isinstance(child, Scalar):
            yield Leaf((*path, key), child, len(path))
        elif name in ("name", "key") and not isinstance(child, Mapping):
            yield Leaf((*path, key), child)
        else:
            yield from leaves(child, path if key == "parallel" else (*path, key))


def _name(item: Mapping) -> tuple[str, str] | None:
    for key in _NAMING:
        text = text_of(get(item, key))
        if text is not None:
            return key, text
    return None


# ---- comparing


def wrong_inputs(given: Found, pipeline: Found) -> list[Fact]:
    """What a mapping of inputs has that its pipeline does not take; once for a whole item that is not there."""
    there = {one.path: one for one in leaves(pipeline)}
    asked = {path: one for path, one in there.items() if _is_input(one.node)}
    prefixes = {path[:length] for path in there for length in range(1, len(path) + 1)}
    found: list[Fact] = []
    reported: set[_Path] = set()
    for leaf in leaves(given):
        path = leaf.path
        if any(part.partition("[")[0] in _FREE for part in path) or any(
            path[:at] in reported for at in range(len(path))
        ):
            continue
        known = there.get(path)
        if known is not None and path in asked:
            found += _judged(leaf, known)
        elif path[-1] in _IDENTITY and known is not None:
            found += _typed(leaf, known)
        elif any(path[:at] in asked for at in range(len(path))):
            continue
        elif known is not None:
            if not asked:
                return [_fact("none", leaf.node, path)]
            found.append(_fact("fixed", leaf.node, path, value=_text(leaf.node)))
        else:
            lost = next((path[:at] for at in range(1, len(path)) if path[:at] not in prefixes), path)
            reported.add(lost)
            found.append(_unknown(leaf, lost, prefixes))
    return found


def _is_input(node: Node) -> bool:
    return isinstance(node, Scalar) and node.text.startswith(INPUT)


def _judged(leaf: Leaf, known: Leaf) -> Iterator[Fact]:
    text = text_of(leaf.node)
    given = runtime_input(text_of(known.node) or "")
    values = [text_of(one) or "" for one in leaf.node.items] if isinstance(leaf.node, SequenceNode) else [text or ""]
    if given is None or given.problem:
        return
    for value in values:
        why = "" if not value or value.startswith(INPUT) else refusal(given, value)
        if why:
            yield _fact("refused", leaf.node, leaf.path, value=value, why=why)
            return


def _typed(leaf: Leaf, known: Leaf) -> Iterator[Fact]:
    mine, its = known_text(leaf.node), known_text(known.node)
    if leaf.path[-1] == "type" and mine is not None and its is not None and mine != its:
        yield _fact("type", leaf.node, leaf.path, value=mine, why=its)


def _unknown(leaf: Leaf, lost: _Path, prefixes: set[_Path]) -> Fact:
    last = lost[-1]
    beside = {path[-1] for path in prefixes if len(path) == len(lost) and path[:-1] == lost[:-1]}
    kind = last.partition(":")[0] + ":" if "[" in last else ""
    names = [_bare(each) for each in beside if each.startswith(kind) and ("[" in each) == ("[" in last)]
    return _fact("unknown", leaf.node, lost, near=close(_bare(last), names), known=listed(names))


def _bare(part: str) -> str:
    return part.partition(":")[2].rstrip("]") if "[" in part else part


def _fact(
    problem: str, node: Node, path: _Path, *, value: str = "", why: str = "", near: str = "", known: str = ""
) -> Fact:
    fields: dict[str, Value] = {
        "problem": problem,
        "name": ".".join(_words(path)),
        "value": value,
        "why": why,
        "near": near,
        "known": known,
    }
    return Fact("HarnessWrongInput", node, fields)


def _words(path: _Path) -> list[str]:
    """`variables.region` for `variables`, `[name:region]`, `value`: what a person would call the place."""
    words = []
    for part in path:
        if "[" in part:
            words.append(_bare(part))
        elif part != "value" or not words:
            words.append(part)
    return words


def _text(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else ""


# ---- input sets


@attribute("HarnessInputSet", "wrongInputs", returns=ListType(WRONG_INPUT), needs={"index"})
def wrong_inputs_of_set(subject: Subject, repo: Repo) -> Sequence[Value]:
    """What the input set gives and its pipeline does not take; nothing where the repository has no such pipeline."""
    given = get(body_of(subject), "pipeline")
    pipeline = pipeline_named(subject, repo, known_text(get(given, "identifier")))
    return wrong_inputs(given, pipeline) if pipeline is not MISSING else ()


# ---- triggers

MISSING_INPUT = record(
    "HarnessMissingInput",
    {
        "names": Field(TEXT, optional=False, doc="the runtime inputs as paths, listed"),
        "pipeline": Field(TEXT, optional=False, doc="identifier of the pipeline"),
        "first": Field(TEXT, optional=False, doc="the first of them in the pipeline, to point at"),
    },
    doc="the runtime inputs without a default that a trigger gives no value",
)
INPUT_YAML = record(
    "HarnessInputYaml",
    {
        "unreadable": Field(TEXT, optional=False, doc="why the text is no YAML, or empty"),
        "pipeline": Field(TEXT, optional=True, doc="identifier of the pipeline in the text"),
    },
    doc="the inputs of a trigger as text",
)


def input_yaml(trigger: Found) -> tuple[Found, str, int]:
    """The tree of a trigger's `inputYaml`, or why it is none and where; MISSING where there is none."""
    node = get(trigger, "inputYaml")
    if not isinstance(node, Scalar) or not node.text.strip():
        return MISSING, "", 0
    parsed = parse_yaml(Source(node.text, node.source.file, node))
    if parsed.mistakes:
        mistake = parsed.mistakes[0]
        return MISSING, mistake.message, mistake.start
    root = parsed.documents[0].root if parsed.documents else None
    return (root if root is not None else MISSING), "", 0


@attribute("HarnessTrigger", "inputs", returns=ListType(INPUT_YAML))
def inputs(subject: Subject) -> Sequence[Value]:
    """The `inputYaml`, as a list of one, where there is one."""
    trigger = body_of(subject)
    node = get(trigger, "inputYaml")
    root, unreadable, start = input_yaml(trigger)
    if not isinstance(node, Scalar) or (root is MISSING and not unreadable):
        return ()
    pipeline = get(get(root, "pipeline"), "identifier")
    at = Part(node, min(start, len(node.text)), min(start + 1, len(node.text))) if unreadable else node
    return (Fact("HarnessInputYaml", at, {"unreadable": unreadable, "pipeline": pipeline}),)


def _pair(subject: Subject, repo: Repo) -> tuple[Found, Found]:
    """The inputs of a trigger and its pipeline, where both are at hand and belong together."""
    trigger = body_of(subject)
    wanted = known_text(get(trigger, "pipelineIdentifier"))
    root, unreadable, _ = input_yaml(trigger)
    given = get(root, "pipeline")
    if unreadable or known_text(get(given, "identifier")) not in (None, wanted):
        return MISSING, MISSING
    return given, pipeline_named(subject, repo, wanted)


@attribute("HarnessTrigger", "wrongInputs", returns=ListType(WRONG_INPUT), needs={"index"})
def wrong_inputs_of_trigger(subject: Subject, repo: Repo) -> Sequence[Value]:
    """What `inputYaml` gives and the pipeline does not take; nothing where the repository has no such pipeline."""
    given, pipeline = _pair(subject, repo)
    return wrong_inputs(given, pipeline) if pipeline is not MISSING and given is not MISSING else ()


@attribute("HarnessTrigger", "missingInputs", returns=ListType(MISSING_INPUT), needs={"index"})
def missing_inputs(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The runtime inputs without a default that `inputYaml` leaves out, as a list of one; none where input sets give some."""
    trigger = body_of(subject)
    given, pipeline = _pair(subject, repo)
    node = get(trigger, "inputYaml")
    if get(trigger, "inputSetRefs") is not MISSING or pipeline is MISSING or given is MISSING:
        return ()
    has = {one.path for one in leaves(given)}
    lost: dict[str, Node] = {}
    for leaf in leaves(pipeline):
        asked = runtime_input(text_of(leaf.node) or "")
        if asked is None or asked.modifier("default") or asked.modifier("executionInput"):
            continue
        if any(part.partition("[")[0] in _FREE for part in leaf.path):
            continue
        if not any(path[: len(leaf.path)] == leaf.path for path in has):
            lost.setdefault(".".join(_words(leaf.path)), leaf.node)
    if not lost or not isinstance(node, Scalar):
        return ()
    more = len(lost) - 3
    fields: dict[str, Value] = {
        "names": " and ".join(f"`{name}`" for name in lost)
        if len(lost) < 4
        else f"{listed(list(lost)[:3])} and {more} more",
        "pipeline": get(trigger, "pipelineIdentifier"),
        "first": next(iter(lost.values())),
    }
    return (Fact("HarnessMissingInput", node, fields),)
