"""
`templatePatch`: a text that is rendered for each set, read as YAML or JSON, and merged into the Application.

Source: argo-cd applicationset/controllers/template/patch.go; apimachinery pkg/util/strategicpatch (StrategicMergePatch).
"""

from __future__ import annotations

from gitops_lint.languages.failure import LanguageError
from gitops_lint.simulate.applicationset.application import APPLICATION, ListOf, MapOf, Struct, Type, item_type, kept
from gitops_lint.text.jsontext import parse_json
from gitops_lint.text.nodes import Mapping, Node, Origin, Scalar, Sequence, Source, children
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.parsed import Parsed
from gitops_lint.text.scalars import entries, is_null, typed

_DIRECTIVE, _RETAINED = "$patch", "$retainKeys"
_DELETED, _ORDERED = "$deleteFromPrimitiveList/", "$setElementOrder/"
_SHOWN = 60
# mistakes that go-yaml does not see, or lives with
_HARMLESS = frozenset(("duplicate-key", "merge-value", "document-separator", "dropped-after-end", "version-directive"))


class Patch:
    """
    What a `templatePatch` was rendered to, read and found to be an Application.

    text: as rendered. scalar: the field itself. origin: of the Application that it was first read for. Raises LanguageError, with
    the controller's words and offsets of no account, for what is no YAML or no Application.
    """

    def __init__(self, text: str, scalar: Scalar, origin: Origin) -> None:
        self._text = text
        root = _read(text, scalar)
        if root is not None and is_null(root):
            root = None
        if root is not None:
            wrong = _mismatch(root, APPLICATION, "")
            if wrong is not None:
                raise LanguageError(f"invalid templatePatch {_quoted(text)}: json: cannot unmarshal {wrong}", 0, 0)
            if not self.is_shared:
                _mark(root, origin)
        self._root = root if isinstance(root, Mapping) else None

    @property
    def is_shared(self) -> bool:
        """Whether it is the same for every Application whose patch was rendered to the same text."""
        return "{{" not in self._text

    def applied(self, application: Mapping, origin: Origin) -> Mapping:
        """
        An Application (`metadata` and `spec`, known fields only) with the patch merged into it; itself for a patch without content.

        Raises LanguageError for directives that the merge refuses.
        """
        if self._root is None:
            return application
        return _Merger(origin, self._text).merged(application, self._root, APPLICATION)


def _read(text: str, scalar: Scalar) -> Node | None:
    source = Source(text, None, scalar, exact=False)
    is_json = text.lstrip().startswith("{")
    parsed: Parsed = parse_json(source) if is_json else parse_yaml(source)
    wrong = next((one for one in parsed.mistakes if one.document == 0 and one.kind not in _HARMLESS), None)
    if wrong is not None:
        if is_json:
            said = f"invalid character {_character(text, wrong.start)}: {wrong.message}"
            raise LanguageError(f"invalid templatePatch {_quoted(text)}: {said}", 0, len(scalar.text))
        line = source.position(wrong.start).line
        said = f"error while converting template to json {_quoted(text)}: yaml: line {line}: {wrong.message}"
        raise LanguageError(said, 0, len(scalar.text))
    return parsed.documents[0].root if parsed.documents else None


def _character(text: str, at: int) -> str:
    return f"'{text[at]}'" if at < len(text) else "at the end"


def _mark(root: Node, origin: Origin) -> None:
    """Gives texts that still hold braces an origin: nobody will replace them any more."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Scalar):
            if "{{" in node.text:
                node.origin = origin
        else:
            waiting.extend(children(node))


# ---- what the patch must be


def _mismatch(node: Node, type: Type, path: str) -> str | None:
    if type == "raw" or is_null(node):
        return None
    if isinstance(type, Struct | MapOf):
        if not isinstance(node, Mapping):
            return _refused(node, path, type)
        found = ((name, value, item_type(type, name)) for name, _, value in entries(node) if not name.startswith("$"))
        below = (_mismatch(value, one, f"{path}.{name}") for name, value, one in found if one is not None)
        return next((one for one in below if one is not None), None)
    if isinstance(type, ListOf):
        if not isinstance(node, Sequence):
            return _refused(node, path, type)
        items = (_mismatch(item, type.item, path) for item in node.items)
        return next((one for one in items if one is not None), None)
    if not isinstance(node, Scalar):
        return _refused(node, path, type)
    value = typed(node)
    fits = {
        "string": isinstance(value, str),
        "bool": isinstance(value, bool),
        "int": isinstance(value, int) and not isinstance(value, bool),
        "int-or-string": isinstance(value, int | str) and not isinstance(value, bool),
    }
    return None if fits[type] else _refused(node, path, type)


def _refused(node: Node, path: str, type: Type) -> str:
    value = typed(node) if isinstance(node, Scalar) else None
    if isinstance(node, Mapping):
        what = "object"
    elif isinstance(node, Sequence):
        what = "array"
    elif isinstance(value, bool):
        what = "bool"
    elif isinstance(value, int | float):
        what = f"number {value}" if type == "int" else "number"
    else:
        what = "string"
    if not path:
        return f"{what} into Go value of type v1alpha1.Application"
    return f"{what} into Go struct field Application{path} of type {_go_name(type)}"


def _go_name(type: Type) -> str:
    if isinstance(type, Struct):
        return f"v1alpha1.{type.name}"
    if isinstance(type, MapOf):
        return f"map[string]{type.item}"
    if isinstance(type, ListOf):
        return f"[]{_go_name(type.item)}"
    return {"int": "int64", "int-or-string": "intstr.IntOrString"}.get(type, type)


def _quoted(text: str) -> str:
    shown = " ".join(text.split())
    return f'"{shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"}"'


# ---- the merge


class _Merger:
    """A strategic merge patch of one Application."""

    def __init__(self, origin: Origin, text: str) -> None:
        self._origin = origin
        self._text = text

    def merged(self, original: Mapping, patch: Mapping, type: Type) -> Mapping:
        """
        Maps are joined, null deletes, lists are replaced but for those that `type` says are merged.

        type: None below free-form data, where the library finds no field to ask for its strategy.
        """
        changes = {name: (key, value) for name, key, value in entries(patch)}
        directive = changes.pop(_DIRECTIVE, None)
        if directive is not None:
            return self._directed(directive[1], original, patch, type)
        made = {name: (key, value) for name, key, value in entries(original)}
        retained = changes.pop(_RETAINED, None)
        if retained is not None:
            self._retain(made, changes, retained[1])
        for name, (key, value) in changes.items():
            if name.startswith(_DELETED):
                self._delete_items(made, name.removeprefix(_DELETED), value)
            elif name.startswith(_ORDERED) or item_type(type, name) is None:
                continue  # what the type does not know is lost when the result is decoded
            elif is_null(value):
                made.pop(name, None)
            else:
                self._change(made, name, key, value, type)
        items = [one for pair in made.values() for one in pair]
        return Mapping(
            original.source,
            original.start,
            original.end,
            items,
            original.flow,
            original.open or patch.open,
            self._origin,
        )

    def _change(self, made: dict[str, tuple[Node, Node]], name: str, key: Node, value: Node, type: Type) -> None:
        there = made.get(name)
        if there is not None and isinstance(there[1], Mapping) and isinstance(value, Mapping):
            made[name] = (there[0], self.merged(there[1], value, self._type_below(type, name)))
        elif there is not None and isinstance(there[1], Sequence) and isinstance(value, Sequence):
            below = self._type_below(type, name)
            merged = isinstance(below, ListOf) and below.merged
            made[name] = (key, self._joined(there[1], value) if merged else kept(value, below))
        else:
            cleaned = self._without_directives(value)
            if cleaned is None:
                made.pop(name, None)
            else:
                made[name] = (key, kept(cleaned, item_type(type, name) or "raw"))

    def _type_below(self, type: Type, name: str) -> Type:
        below = item_type(type, name)
        if type == "raw" or below is None:
            # the library looks the strategy up in the fields of a Go struct, and free-form data has none
            raise self._refusal(
                f'unable to find api field in struct RawExtension for the json field "{name}"',
                "a patch cannot change maps or lists below `valuesObject`; set `valuesObject` with `$patch: replace`,"
                " or put the whole of it into the patch and leave it out of the template",
            )
        return below

    def _directed(self, directive: Node, original: Mapping, patch: Mapping, type: Type) -> Mapping:
        word = directive.text if isinstance(directive, Scalar) else ""
        if word not in ("replace", "delete"):
            raise self._refusal(f"unknown patch type: {word}")
        items: list[Node] = []
        for name, key, value in entries(patch) if word == "replace" else ():
            below = item_type(type, name) if name != _DIRECTIVE else None
            if below is not None and not is_null(value):
                items += (key, kept(value, below))
        return Mapping(original.source, original.start, original.end, items, False, False, self._origin)

    def _refusal(self, said: str, help: str = "") -> LanguageError:
        message = f"error while applying templatePatch template to json {_quoted(self._text)}: {said}"
        return LanguageError(message, 0, 0, help=help)

    def _retain(
        self, made: dict[str, tuple[Node, Node]], changes: dict[str, tuple[Node, Node]], retained: Node
    ) -> None:
        listed = retained.items if isinstance(retained, Sequence) else []
        names = {one.text for one in listed if isinstance(one, Scalar)}
        if not isinstance(retained, Sequence) or any(
            name not in names and not is_null(value) and not name.startswith((_DELETED, _ORDERED))
            for name, (_, value) in changes.items()
        ):
            raise self._refusal("invalid patch format of retainKeys")
        for name in [name for name in made if name not in names]:
            del made[name]

    def _delete_items(self, made: dict[str, tuple[Node, Node]], name: str, gone: Node) -> None:
        there = made.get(name)
        if there is None or not isinstance(there[1], Sequence) or not isinstance(gone, Sequence):
            return
        texts = {one.text for one in gone.items if isinstance(one, Scalar)}
        left = [one for one in there[1].items if not (isinstance(one, Scalar) and one.text in texts)]
        made[name] = (there[0], self._listed(there[1], left))

    def _joined(self, original: Sequence, patch: Sequence) -> Sequence:
        """Scalars of both, each once; those of the patch come first, unless an item of the original stands before all it has."""
        known = {one.text: at for at, one in reversed(list(enumerate(original.items))) if isinstance(one, Scalar)}
        new = list({one.text: one for one in patch.items if isinstance(one, Scalar)}.values())
        names = {one.text for one in new}
        old = [one for at, one in enumerate(original.items) if isinstance(one, Scalar) and known[one.text] == at]
        old = [one for one in old if one.text not in names]
        joined: list[Node] = []
        while old and new:
            before = new[0].text in known and known[old[0].text] < known[new[0].text]
            joined.append(old.pop(0) if before else new.pop(0))
        return self._listed(original, [*joined, *old, *new])

    def _listed(self, original: Sequence, items: list[Node]) -> Sequence:
        source, start, end = original.source, original.start, original.end
        return Sequence(source, start, end, items, original.flow, original.open, self._origin)

    def _without_directives(self, node: Node) -> Node | None:
        """A value that is new: nulls and maps with a directive go; None where the value is one itself."""
        if isinstance(node, Mapping):
            items: list[Node] = []
            for name, key, value in entries(node):
                if name == _DIRECTIVE:
                    return None
                cleaned = None if is_null(value) else self._without_directives(value)
                if cleaned is not None:
                    items += (key, cleaned)
            if len(items) == len(node.items):
                return node
            return Mapping(node.source, node.start, node.end, items, node.flow, node.open, self._origin)
        if isinstance(node, Sequence):
            found = [self._without_directives(item) for item in node.items]
            left = [one for one in found if one is not None]
            return node if len(left) == len(node.items) else self._listed(node, left)
        return node
