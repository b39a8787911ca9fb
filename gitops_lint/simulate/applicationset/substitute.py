"""
A tree of nodes with its texts filled in, once for each parameter set: read once into a plan, which then makes only the
scalars that change and the mappings and lists above them. Everything else is shared by all trees.

Every text that is no number or boolean is a template, and so is every key of a map (labels, free-form data); what comes out is
a string whatever it looks like. Source: argo-cd applicationset/utils/utils.go deeplyReplace.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence as SequenceOf
from decimal import Decimal

from gitops_lint.languages import fasttemplate
from gitops_lint.languages.failure import BeyondLimitError, LanguageError
from gitops_lint.languages.gotemplate.function import NotDeterministicError
from gitops_lint.languages.gotemplate.values import Value
from gitops_lint.simulate.applicationset.application import ListOf, MapOf, Struct, Type, item_type
from gitops_lint.simulate.applicationset.strings import rendered
from gitops_lint.text.nodes import Mapping, Node, Origin, Scalar, Sequence, Unknown
from gitops_lint.text.scalars import entries, get, is_null, key_text, typed

Filled = str | NotDeterministicError | BeyondLimitError
"""What a text comes to; the error where that cannot be known, or is more than we follow."""
_Fill = Callable[[MappingOf[str, Value]], str]
_Make = Callable[[SequenceOf[Filled], Origin], Node]
_NODES = (Scalar, Mapping, Sequence, Unknown)
_LONGEST = 4 << 20  # the API server takes no Application that holds more
_EXACT = 1 << 53  # free-form data is decoded and encoded as JSON, and a float64 holds no larger whole number exactly


class SubstitutionError(Exception):
    """A text cannot be filled in. scalar: where it is written; error: what is wrong, with offsets in its text."""

    def __init__(self, scalar: Scalar, error: LanguageError) -> None:
        super().__init__(error.message)
        self.scalar = scalar
        self.error = error


class Plan:
    """
    How a tree is filled in.

    root: only known fields (`application.kept`). go, options: of the ApplicationSet. whole: what is rendered, where that is more
    than `root` shows in the end. drops_nulls: whether an entry of free-form data that is null goes, which it does wherever
    something is rendered. size: how many scalars are made for each set.
    """

    def __init__(
        self,
        root: Mapping,
        type: Type,
        go: bool,
        options: SequenceOf[str] = (),
        *,
        whole: Mapping | None = None,
        drops_nulls: bool = True,
    ) -> None:
        self._go = go
        self._options = tuple(options)
        self._drops_nulls = drops_nulls
        self._fills: list[_Fill] = []
        self._scalars: list[Scalar] = []
        self._numbers: dict[str, int] = {}  # equal texts come to the same, so they are filled in once
        self.size = 0
        self._collect(whole or root, type)
        self._made = self._maker(root, type)

    def texts(self, values: MappingOf[str, Value]) -> list[Filled]:
        """What every text of the tree comes to, in the controller's order. Raises SubstitutionError for the first that fails."""
        found: list[Filled] = []
        try:
            for fill in self._fills:
                try:
                    found.append(fill(values))
                except (NotDeterministicError, BeyondLimitError) as error:
                    found.append(error)
        except LanguageError as error:
            raise SubstitutionError(self._scalars[len(found)], error) from error
        return found

    @property
    def untouched(self) -> list[Filled]:
        """The texts as they are written: what an empty parameter set gives."""
        return [scalar.text for scalar in self._scalars]

    def tree(self, texts: SequenceOf[Filled], origin: Origin) -> Node:
        """The tree with the texts that `texts` gave."""
        made = self._made
        return made if isinstance(made, _NODES) else made(texts, origin)

    # ---- what holds tokens

    def _collect(self, node: Node, type: Type) -> None:
        """Numbers the texts below a node in the order in which the controller renders them, so that the first error is its."""
        if isinstance(node, Scalar):
            if "{{" in node.text and isinstance(typed(node), str):
                self._add(node)
        elif isinstance(node, Mapping):
            listed = entries(node)
            if isinstance(type, Struct):
                found = {name: value for name, _, value in listed}
                for name, below in type.fields.items():
                    if name in found:
                        self._collect(found[name], below)
                return
            for name, key, value in listed:
                if type == "raw" and self._drops_nulls and is_null(value):
                    continue  # nothing of it is rendered, its key neither
                self._collect(value, item_type(type, name) or "raw")
                if isinstance(key, Scalar) and "{{" in key.text:
                    self._add(key)
        elif isinstance(node, Sequence):
            below = type.item if isinstance(type, ListOf) else "raw"
            for item in node.items:
                self._collect(item, below)

    def _add(self, scalar: Scalar) -> None:
        if scalar.text not in self._numbers:
            self._numbers[scalar.text] = len(self._fills)
            self._fills.append(fill_of(scalar.text, self._go, self._options))
            self._scalars.append(scalar)

    def _number(self, scalar: Scalar) -> int | None:
        """Which of the texts a scalar is; None for one that stays as it is."""
        return self._numbers.get(scalar.text) if "{{" in scalar.text else None

    # ---- how the tree is made

    def _maker(self, node: Node, type: Type) -> _Make | Node:
        """A function that makes the node for a set; the node itself where it is the same for all."""
        if isinstance(node, Scalar):
            value = typed(node)
            if type == "raw" and self._drops_nulls and isinstance(value, int) and abs(value) > _EXACT:
                return _as_float(node, value)
            number = self._number(node) if isinstance(value, str) else None
            return node if number is None else self._scalar(node, number)
        if isinstance(node, Mapping):
            return self._mapping_maker(node, type)
        if isinstance(node, Sequence):
            below = type.item if isinstance(type, ListOf) else "raw"
            return _sequence_maker(node, [self._maker(item, below) for item in node.items])
        return node

    def _scalar(self, scalar: Scalar, number: int) -> _Make:
        self.size += 1
        return _scalar_maker(scalar, number)

    def _mapping_maker(self, node: Mapping, type: Type) -> _Make | Node:
        drops = self._drops_nulls and type == "raw"
        has_templated_keys = isinstance(type, MapOf) or type == "raw"
        keys: list[_Make | Node] = []
        values: list[_Make | Node] = []
        for name, key, value in entries(node):
            if drops and is_null(value):
                continue
            number = self._number(key) if has_templated_keys and isinstance(key, Scalar) else None
            keys.append(key if number is None or not isinstance(key, Scalar) else self._scalar(key, number))
            values.append(self._maker(value, item_type(type, name) or "raw"))
        items = [one for pair in zip(keys, values, strict=True) for one in pair]
        changes = [(at, one) for at, one in enumerate(items) if not isinstance(one, _NODES)]
        base: list[Node] = [one if isinstance(one, _NODES) else node for one in items]
        if not changes:
            if len(base) == len(node.items) and all(one is other for one, other in zip(base, node.items, strict=True)):
                return node
            return Mapping(node.source, node.start, node.end, base, node.flow, node.open, node.origin)
        if any(at % 2 == 0 for at, _ in changes):
            return _keyed_maker(node, base, changes)
        return _mapping_maker(node, base, changes)


def fill_of(text: str, go: bool, options: SequenceOf[str]) -> _Fill:
    """A function from parameters to the text with them filled in; it raises as `strings.rendered` does."""
    if go:
        kept = tuple(options)
        return lambda values: rendered(text, values, True, kept)
    template = fasttemplate.read(text)
    if template.plain:
        return lambda values: text
    if template.unclosed is not None:
        return lambda values: rendered(text, values, False)
    return _pieces(template)


def _pieces(template: fasttemplate.Template) -> _Fill:
    """The tokens of a text without goTemplate taken apart once: what stands before each, its name, and how it is written."""
    text, tokens = template.text, template.tokens
    if len(tokens) == 1 and tokens[0].name:
        token = tokens[0]
        before, name, behind = text[: token.start], token.name, text[token.end :]

        def one(values: MappingOf[str, Value]) -> str:
            value = values.get(name)
            return before + value + behind if isinstance(value, str) else text

        return one
    starts = (0, *(token.end for token in tokens))
    pieces = [
        (text[at : one.start], one.name, text[one.start : one.end]) for at, one in zip(starts, tokens, strict=False)
    ]
    rest = text[starts[-1] :]

    def many(values: MappingOf[str, Value]) -> str:
        made: list[str] = []
        size = 0
        for before, name, written in pieces:
            value = values.get(name) if name else None
            made.append(before)
            made.append(value if isinstance(value, str) else written)
            size += len(made[-1])
            if size > _LONGEST:
                raise BeyondLimitError(f"it would come to more than {_LONGEST} characters", 0, len(text))
        made.append(rest)
        return "".join(made)

    return many


def _as_float(scalar: Scalar, value: int) -> Scalar:
    """A whole number of free-form data as it comes out of a float64, in the digits that Go writes."""
    digits = format(Decimal(repr(float(value))), "f").removesuffix(".0")
    return Scalar(scalar.source, scalar.start, scalar.end, digits, "plain", None, scalar.origin)


def _scalar_maker(scalar: Scalar, number: int) -> _Make:
    source, start, end = scalar.source, scalar.start, scalar.end
    # what is rendered is a string, also where a plain scalar would be read as a number
    style = '"' if scalar.style == "plain" else scalar.style

    def make(texts: SequenceOf[Filled], origin: Origin) -> Node:
        text = texts[number]
        if isinstance(text, str):
            return Scalar(source, start, end, text, style, None, origin)
        why = text.why if isinstance(text, NotDeterministicError) else text.message
        return Unknown(source, start, end, why, origin)

    return make


def _sequence_maker(node: Sequence, items: list[_Make | Node]) -> _Make | Node:
    changes = [(at, one) for at, one in enumerate(items) if not isinstance(one, _NODES)]
    base: list[Node] = [one if isinstance(one, _NODES) else node for one in items]
    source, start, end, flow, is_open = node.source, node.start, node.end, node.flow, node.open
    if not changes:
        if all(one is other for one, other in zip(base, node.items, strict=True)):
            return node
        return Sequence(source, start, end, base, flow, is_open, node.origin)

    def make(texts: SequenceOf[Filled], origin: Origin) -> Node:
        made = base.copy()
        for at, child in changes:
            made[at] = child(texts, origin)
        return Sequence(source, start, end, made, flow, is_open, origin)

    return make


def _mapping_maker(node: Mapping, base: list[Node], changes: list[tuple[int, _Make]]) -> _Make:
    source, start, end, flow, is_open = node.source, node.start, node.end, node.flow, node.open
    pattern = Mapping(source, start, end, base)
    get(pattern, "")  # a look-up finds out where the keys stand, which is the same in every mapping of the plan
    places = pattern.places

    def make(texts: SequenceOf[Filled], origin: Origin) -> Node:
        items = base.copy()
        for at, child in changes:
            items[at] = child(texts, origin)
        made = Mapping(source, start, end, items, flow, is_open, origin)
        made.places = places
        return made

    return make


def _keyed_maker(node: Mapping, base: list[Node], changes: list[tuple[int, _Make]]) -> _Make:
    """As `_mapping_maker` for a mapping whose keys change: of equal ones the last stays, one that is not known opens it."""
    source, start, end, flow = node.source, node.start, node.end, node.flow

    def make(texts: SequenceOf[Filled], origin: Origin) -> Node:
        items = base.copy()
        for at, child in changes:
            items[at] = child(texts, origin)
        made: dict[str, tuple[Node, Node]] = {}
        is_open = node.open
        for at in range(0, len(items), 2):
            name = key_text(items[at])
            if name is None:
                is_open = True
            else:
                made[name] = (items[at], items[at + 1])
        listed = [one for pair in made.values() for one in pair]
        return Mapping(source, start, end, listed, flow, is_open, origin)

    return make
