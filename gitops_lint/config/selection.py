"""Which rules run for a file: words of `select` and `ignore`, in layers, and what the overrides say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gitops_lint.dataclass import dataclass
from gitops_lint.findings import Severity


@dataclass(frozen=True, slots=True)
class Selector:
    """
    One word of `select`, `ignore`, `never` or a key of `rules`: a rule id, an area, `group:<group>` or `ALL`.

    setting: where it stands, in words (`select`). file, line, column: its place (from 1); None for a flag.
    """

    word: str
    setting: str
    file: str | None = None
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """
    What one place says of the rules. select: None where it says nothing, else only these run; extend: these run too.
    """

    select: tuple[str, ...] | None = None
    extend: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def decision(self, rule: str, area: str, group: str) -> bool | None:
        """Whether the rule runs, or None where this layer has no word about it."""
        yes = exactness((*(self.select or ()), *self.extend), rule, area, group)
        no = exactness(self.ignore, rule, area, group)
        if no >= max(yes, 0):
            return False
        if yes >= 0:
            return True
        return None if self.select is None else False


NO_WORD = Layer()


def exactness(words: Iterable[str], rule: str, area: str, group: str) -> int:
    """How exactly words name a rule: 3 by its id, 2 by its area, 1 by its group, 0 by `ALL`, -1 not at all."""
    found = -1
    for word in words:
        if word == rule:
            return 3
        if word == area:
            found = max(found, 2)
        elif word == f"group:{group}":
            found = max(found, 1)
        elif word == "ALL":
            found = max(found, 0)
    return found


_PROFILES = {
    "default": Layer(select=("group:correctness", "group:security", "group:suspicious")),
    "strict": Layer(select=("ALL",)),
}


def of_profile(profile: str) -> Layer:
    return _PROFILES[profile]


class FileSettings:
    """What counts for some files: the layers in order (a later one wins), and severities by rule id."""

    __slots__ = ("_decided", "_severities", "layers")

    def __init__(self, layers: tuple[Layer, ...], severities: Mapping[str, Severity] | None = None) -> None:
        self.layers = layers
        self._severities = dict(severities or {})
        # every rule asks for every file: one walk over the layers for each rule is enough
        self._decided: dict[str, bool] = {}

    def selects(self, rule: str, area: str, group: str) -> bool:
        """Whether a rule runs for this file."""
        known = self._decided.get(rule)
        if known is None:
            said = (layer.decision(rule, area, group) for layer in reversed(self.layers))
            known = self._decided[rule] = next((one for one in said if one is not None), False)
        return known

    def severity(self, rule: str) -> Severity | None:
        """The severity that the configuration gives a rule here; None: the rule's own counts."""
        return self._severities.get(rule)
