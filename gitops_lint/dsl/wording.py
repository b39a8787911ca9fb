"""How parts of a rule read in the checker's messages, and what a mistyped name may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

from gitops_lint.dsl.tree import (
    AllItems,
    Bool,
    Call,
    Default,
    Expr,
    Index,
    Key,
    ListOf,
    Name,
    Number,
    Path,
    Quantity,
    Step,
    Sum,
    Text,
)

MOST_SHOWN = 10  # names that a message lists
_LONGEST_SHOWN = 60  # characters of a literal


def as_written(expr: Expr) -> str:
    """The expression as an author would write it; "this" for conditions, which nobody wants to read again."""
    match expr:
        case Text(value=value):
            return f'"{_short(value)}"'
        case Number(value=value):
            return str(value)
        case Bool(value=value):
            return "true" if value else "false"
        case Quantity(number=number, unit=unit):
            return f"{number}{unit}"
        case ListOf(items=items):
            return "[" + ", ".join(as_written(item) for item in items) + "]"
        case Name(name=name):
            return name
        case Call(function=function):
            return f"{function}(…)"
        case Path(base=base, steps=steps):
            return path_as_written(base, steps)
        case Default(value=value):
            return as_written(value)
        case Sum(op=op):
            return f"the sum with {op}"
        case _:
            return "this"


def _short(text: str) -> str:
    """Text on one line, cut where it gets long."""
    text = " ".join(text.split()) if any(not char.isprintable() for char in text) else text
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def path_as_written(base: Expr, steps: Iterable[Step]) -> str:
    text = as_written(base)
    for step in steps:
        match step:
            case Key(name=name, quoted=quoted):
                text += f'["{_short(name)}"]' if quoted else f".{name}"
            case Index(number=number):
                text += f"[{number}]"
            case AllItems():
                text += "[*]"
    return text


def closest(name: str, names: Iterable[str]) -> str | None:
    """The one of `names` that `name` was most likely meant to be, or None where none is near."""
    folded = _folded(name)
    best: tuple[float, str] | None = None
    for each in sorted(set(names)):
        if each == name:
            continue
        likeness = SequenceMatcher(None, folded, _folded(each), autojunk=False).ratio()
        if likeness >= 0.75 and (best is None or likeness > best[0]):
            best = (likeness, each)
    return best[1] if best else None


def _folded(name: str) -> str:
    """Spelling aside from case and joints, so that `sync_policy` and `syncPolicy` are one."""
    return name.lower().replace("_", "").replace("-", "")


def meant(name: str, names: Iterable[str], have: str = "it has") -> str:
    """`; did you mean "x"?` or `; it has: a, b, …`, up to ten names, sorted; "" where there are none."""
    known = sorted(set(names))
    near = closest(name, known)
    if near is not None:
        return f'; did you mean "{near}"?'
    if not known:
        return ""
    return f"; {have}: {', '.join(known[:MOST_SHOWN])}{', …' if len(known) > MOST_SHOWN else ''}"


def one_of(names: Iterable[str], word: str = "or") -> str:
    """`a`, `a or b`, `a, b or c`."""
    *most, last = names
    return f"{', '.join(most)} {word} {last}" if most else last


def plural(word: str) -> str:
    """The plural of a kind or a field's name: `NetworkPolicies`, `Ingresses`, `steps`."""
    low = word.lower()
    if low.endswith("y") and low[-2:-1] not in ("a", "e", "o", "u"):
        return word[:-1] + "ies"
    if low.endswith(("ss", "x", "ch", "sh")):
        return word + "es"
    return word if low.endswith("s") else word + "s"
