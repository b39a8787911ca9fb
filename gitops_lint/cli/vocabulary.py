"""What a rule may ask, as text: kinds, their fields and attributes, functions, records of facts."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from gitops_lint.dsl.tree import Kind
from gitops_lint.dsl.types import Field
from gitops_lint.dsl.world import Attribute, Function
from gitops_lint.errors import UsageError
from gitops_lint.policy.vocabulary import GitopsVocabulary, declared


def overview(vocabulary: GitopsVocabulary) -> list[str]:
    """Every kind, function and record, one line each; `about` says more of one."""
    lines = ["Kinds (`gitops-lint rules vocabulary KIND` lists what they have):", ""]
    rows = []
    for name in vocabulary.kind_names():
        entry = vocabulary.kind(Kind(name))
        if entry is None:
            continue
        what = (
            "class of " + ", ".join(entry.members)
            if entry.members
            else entry.group or ("core" if entry.group == "" else "")
        )
        rows.append((name, what, entry.doc))
    lines += _table(rows)
    lines += ["", "Functions:", ""]
    for name in sorted(vocabulary.function_names()):
        function = vocabulary.function(name)
        if function is not None:
            lines += _function(function)
    lines += ["", "Records of facts:", ""]
    lines += _table([(name, "", doc) for name, (_, _, doc) in sorted(declared().records.items())])
    lines += ["", f"Products with versions, for `applies to` and `target.`: {', '.join(vocabulary.targets())}"]
    return lines


def about(vocabulary: GitopsVocabulary, name: str) -> list[str]:
    """Everything a rule may ask of a kind, a record or a function. Raises UsageError for a name that is none of them."""
    kind = _kind(name)
    if vocabulary.kind(kind) is not None:
        return _of_kind(vocabulary, kind)
    if name in declared().records:
        return _of_record(vocabulary, name)
    function = vocabulary.function(name)
    if function is not None:
        return _function(function)
    known = [*vocabulary.kind_names(), *declared().records, *vocabulary.function_names()]
    close = difflib.get_close_matches(name, known, 1)
    raise UsageError(
        f"rules know no kind, record or function `{name}`", help=f"did you mean `{close[0]}`?" if close else ""
    )


def _kind(name: str) -> Kind:
    group, slash, short = name.rpartition("/")
    return Kind(short, group) if slash else Kind(name)


def _of_kind(vocabulary: GitopsVocabulary, kind: Kind) -> list[str]:
    entry = vocabulary.kind(kind)
    record = vocabulary.type_of(kind)
    attributes = vocabulary.attributes(kind)
    lines = [f"{kind.name}" + (f" ({entry.group})" if entry is not None and entry.group else "")]
    if entry is not None and entry.doc:
        lines.append(f"  {entry.doc}")
    fields = {name: record.field_of(name) for name in record.names()}
    # a class of kinds also has what all its members compute alike
    shared = [(name, field) for name, field in fields.items() if field and field.computed and name not in attributes]
    lines += ["", "Attributes, which are computed:", ""]
    lines += [line for name in sorted(attributes) for line in _attribute(attributes[name])]
    lines += _fields(shared)
    lines += ["", "Fields, which stand in the file:", ""]
    lines += _fields((name, field) for name, field in fields.items() if field and not field.computed)
    return lines


def _of_record(vocabulary: GitopsVocabulary, name: str) -> list[str]:
    record, own, doc = declared().records[name]
    attributes = vocabulary.record_attributes(name)
    lines = [name, *([f"  {doc}"] if doc else []), ""]
    lines += _fields((field, record.field_of(field)) for field in sorted(own))
    return lines + [line for each in sorted(attributes) for line in _attribute(attributes[each])]


def _attribute(attribute: Attribute) -> list[str]:
    head = f"  {attribute.name}: {attribute.returns}{' (may be missing)' if attribute.optional else ''}"
    return [head, *_details(attribute.doc, attribute.needs, attribute.source)]


def _function(function: Function) -> list[str]:
    params = [f"{one.name}{'?' if one.optional else ''}: {one.type}" for one in function.params]
    dots = ", …" if function.variadic else ""
    missing = " (may be missing)" if function.optional else ""
    head = f"  {function.name}({', '.join(params)}{dots}): {function.returns}{missing}"
    return [head, *_details(function.doc, function.needs, function.source)]


def _details(doc: str, needs: Iterable[str], source: str) -> list[str]:
    lines = [f"      {doc}"] if doc else []
    stages = sorted(needs)
    if stages:
        lines.append(f"      needs: {', '.join(stages)}")
    if source:
        lines.append(f"      source: {source}")
    return lines


def _fields(fields: Iterable[tuple[str, Field | None]]) -> list[str]:
    rows = []
    for name, field in fields:
        if field is not None:
            rows.append((name, f"{field.type}{' (may be missing)' if field.optional else ''}", field.doc))
    return _table(rows)


def _table(rows: Sequence[tuple[str, str, str]]) -> list[str]:
    """Rows in columns, the last one free."""
    first = max((len(row[0]) for row in rows), default=0)
    second = min(48, max((len(row[1]) for row in rows), default=0))
    return [f"  {name:{first}}  {what:{second}}  {doc}".rstrip() for name, what, doc in rows]
