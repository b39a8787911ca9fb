"""What the checks of one rule share: the vocabulary they ask, the errors they find, what the rule turns out to read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from gitops_lint.dsl.rule_errors import error_at
from gitops_lint.dsl.tree import Kind, Rule, Span
from gitops_lint.dsl.types import ANYTHING, KindType, ListType, MapType, RecordType, Type, shared
from gitops_lint.dsl.wording import closest
from gitops_lint.dsl.world import KindEntry, Vocabulary
from gitops_lint.errors import RuleError


class Judge:
    """
    One rule under judgement.

    declared: types of the kinds that the rule file declares itself. file, text: the rule file, for the places of errors.
    """

    def __init__(
        self, rule: Rule, vocabulary: Vocabulary, declared: Mapping[str, RecordType], file: str, text: str
    ) -> None:
        self.rule = rule
        self.vocabulary = vocabulary
        self.declared = declared
        self.file = file
        self.text = text
        self.errors: list[RuleError] = []
        self.needs: set[str] = set()
        self.reads: set[str] = set()
        self.kinds: dict[Kind, None] = {}
        self.secret_parts: set[int] = set()

    def wrong(self, span: Span, message: str, help: str = "") -> None:
        """Records an error at the start of a span; without the rule's text it has no line."""
        message = " ".join(message.splitlines())  # what users quote may hold line breaks
        if self.text:
            self.errors.append(error_at(message, file=self.file, text=self.text, offset=span[0], help=help))
        else:
            self.errors.append(RuleError(message, file=self.file or None, help=help))

    def needs_stages(self, stages: Iterable[str]) -> None:
        self.needs.update(stages)

    # ---- kinds

    def kinds_read(self, kinds: Sequence[Kind]) -> RecordType | None:
        """The type of things of these kinds; unknown ones are errors, and None is left where none is known."""
        records = []
        for kind in kinds:
            record = self._kind_read(kind)
            if record is not None:
                records.append(record)
        return shared(records) if records else None

    def _kind_read(self, kind: Kind) -> RecordType | None:
        if kind.group is None and kind.name in self.declared:
            self.kinds[self._declared_kind(kind.name)] = None
            return self.declared[kind.name]
        entry = self.vocabulary.kind(kind)
        if entry is None:
            self._unknown_kind(kind)
            return None
        for each in self._members(entry):
            self.kinds[each] = None
        return self.vocabulary.type_of(kind)

    def _declared_kind(self, name: str) -> Kind:
        declaration = next(each for each in self.rule.kinds if each.name == name)
        return Kind(name, declaration.group or None)

    def _members(self, entry: KindEntry) -> Iterable[Kind]:
        if not entry.members:
            yield Kind(entry.name, entry.group)
        for member in entry.members:
            inner = self.vocabulary.kind(Kind(member))
            yield Kind(member, inner.group if inner is not None else None)

    def _unknown_kind(self, kind: Kind) -> None:
        written = f"{kind.group}/{kind.name}" if kind.group is not None else kind.name
        near = closest(kind.name, [*self.vocabulary.kind_names(), *self.declared]) if kind.group is None else None
        hint = f'; did you mean "{near}"?' if near is not None else ""
        declaration = f"kind {kind.name}{f' in {chr(34)}{kind.group}{chr(34)}' if kind.group else ''}"
        self.wrong(
            kind.span,
            f'"{written}" is not a known kind{hint}',
            help=f'say at the head of the file `{declaration} from "schema.json"` or `{declaration} untyped`',
        )

    def kind_names(self, kinds: Sequence[str]) -> RecordType | None:
        """The type of things of kinds that the vocabulary names (what a reference reaches)."""
        known = [kind for kind in map(Kind, kinds) if self.vocabulary.kind(kind) is not None]
        for kind in known:
            entry = self.vocabulary.kind(kind)
            if entry is not None:
                for each in self._members(entry):
                    self.kinds[each] = None
        return shared([self.vocabulary.type_of(kind) for kind in known]) if known else None

    def settled(self, given: Type) -> Type:
        """A type whose kinds, where it names any, are replaced by their fields."""
        if isinstance(given, KindType):
            return self.kind_names(given.kinds) or ANYTHING
        if isinstance(given, ListType) and isinstance(given.item, (KindType, ListType, MapType)):
            return ListType(self.settled(given.item))
        if isinstance(given, MapType) and isinstance(given.value, (KindType, ListType, MapType)):
            return MapType(self.settled(given.value))
        return given
