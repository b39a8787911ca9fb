"""
Conditions in expr-lang's language as far as words tell: text that certainly does not compile, and the names it reads.

Source: expr-lang/expr v1.17.8 parser/lexer/state.go, parser/operator/operator.go.
"""

from __future__ import annotations

import re

from gitops_lint.dataclass import dataclass
from gitops_lint.languages.failure import LanguageError

# A plain text, compiled by `re` at first use: most runs meet no such condition.
_TOKEN = (
    r"""(?P<blank>\s+|//[^\n]*|/\*.*?\*/)"""
    r"""|(?P<string>b?"(?:[^"\\\n]|\\.)*"|b?'(?:[^'\\\n]|\\.)*'|`[^`]*`)"""
    r"""|(?P<number>(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|[0-9][0-9_]*(?:\.(?!\.)[0-9_]*)?|\.[0-9][0-9_]*)"""
    r"""(?:[eE][-+]?[0-9]+)?)"""
    r"""|(?P<name>[A-Za-z_$][A-Za-z0-9_$]*)"""
    r"""|(?P<item>\#[A-Za-z0-9_]*)"""
    r"""|(?P<sign>\?\?|\?\.|\?:|\*\*|\.\.|\|\||&&|==|!=|<=|>=|::|[-+*/%^<>!?:.,;|()\[\]{}=&])"""
)
_BINARY_WORDS = frozenset(("and", "contains", "endsWith", "in", "matches", "or", "startsWith"))
_BINARY_SIGNS = frozenset(("&&", "||", "==", "!=", "<", ">", "<=", ">=", "*", "/", "%", "^", "**", "..", "??", "|"))
_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_FOREIGN = {
    "=": "write `==` to compare",
    "&": "write `&&` or `and`",
    "#": "a comment starts with `//`; in a text, quote the `#`",
}


@dataclass(frozen=True, slots=True)
class ExprName:
    """A name that is read at the top: `app` in `app.status`. follows: the sign behind it, or ""; compared: it stands alone beside `==` or `!=`."""

    text: str
    start: int
    end: int
    follows: str
    compared: bool


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int

    @property
    def binary(self) -> bool:
        return self.text in (_BINARY_SIGNS if self.kind == "sign" else _BINARY_WORDS if self.kind == "name" else ())

    @property
    def ends_operand(self) -> bool:
        if self.kind == "sign":
            return self.text in (")", "]", "}")
        return self.kind in ("string", "number", "item") or (
            self.kind == "name" and not self.binary and self.text != "not"
        )


def expr_names(text: str) -> list[ExprName]:
    """The names a condition reads. Raises LanguageError where it certainly does not compile."""
    tokens = _tokens(text)
    if not tokens:
        return []
    loose = any(one.kind == "name" and one.text in ("let", "if", "else") for one in tokens)
    _check_brackets(tokens, text)
    if not loose:
        _check_order(tokens)
    return _names(tokens) if not loose else []


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    tokens = re.compile(_TOKEN, re.DOTALL)
    while at < len(text):
        token = tokens.match(text, at)
        if token is None or token.end() == at:
            if text[at] in "\"'`":
                raise LanguageError(
                    f"this string is never closed by `{text[at]}`, or holds an escape that does not exist", at, at + 1
                )
            raise LanguageError(f"`{text[at]}` cannot stand in a condition", at, at + 1)
        if token.lastgroup != "blank":
            found.append(_Token(token.lastgroup or "", token.group(), at, token.end()))
        at = token.end()
    return found


def _check_brackets(tokens: list[_Token], text: str) -> None:
    opened: list[_Token] = []
    for at, token in enumerate(tokens):
        if token.kind == "item" and not opened:
            raise LanguageError("`#` has no meaning here", token.start, token.start + 1, help=_FOREIGN["#"])
        if token.kind != "sign":
            continue
        if token.text in _CLOSERS:
            if token.text == "{" and text.startswith("{{", token.start):
                raise LanguageError("a condition is no template, `{{` cannot stand in it", token.start, token.start + 2)
            opened.append(token)
        elif token.text in _CLOSERS.values():
            if not opened or _CLOSERS[opened[-1].text] != token.text:
                raise LanguageError(f"`{token.text}` closes nothing", token.start, token.end)
            opened.pop()
        elif token.text in ("=", "&") and not any(one.text == "let" for one in tokens[:at]):
            end = token.end
            while text[end : end + 1] in ("=", ">"):
                end += 1
            shown = text[token.start : end]
            raise LanguageError(f"`{shown}` is no operator", token.start, end, help=_FOREIGN[token.text])
    if opened:
        raise LanguageError(f"this `{opened[-1].text}` is never closed", opened[-1].start, opened[-1].end)


def _check_order(tokens: list[_Token]) -> None:
    """Operands and operators take turns."""
    before: _Token | None = None
    for at, token in enumerate(tokens):
        member = before is not None and before.kind == "sign" and before.text in (".", "?.")
        after_not = before is not None and before.kind == "name" and before.text == "not"
        if member:
            if token.kind not in ("name", "number") and token.text not in ("[", "("):
                raise LanguageError(f"expected a name after `{before.text if before else ''}`", token.start, token.end)
            before = _Token("string", token.text, token.start, token.end) if token.kind == "name" else token
            continue
        if (
            token.binary
            and not (before is not None and before.ends_operand)
            and not (after_not and token.kind == "name")
        ):
            if not (token.text == ".." and before is not None):
                raise LanguageError(f"`{token.text}` has nothing on its left", token.start, token.end)
        if token.kind == "sign" and token.text == "." and before is None:
            raise LanguageError("a condition cannot start with `.`", token.start, token.end, help="write `app.…`")
        starts = token.kind in ("string", "number") or (
            token.kind == "name" and not token.binary and token.text != "not"
        )
        if starts and before is not None and before.ends_operand:
            raise LanguageError(
                f"expected an operator before `{token.text}`", token.start, token.end, help=_cure(token)
            )
        if token.kind == "sign" and token.text in (")", "]") and before is not None and before.binary:
            raise LanguageError(f"`{before.text}` has nothing on its right", before.start, before.end)
        before = token
        if at == len(tokens) - 1 and token.binary:
            raise LanguageError(f"`{token.text}` has nothing on its right", token.start, token.end)


def _cure(token: _Token) -> str:
    lower = token.text.lower()
    if lower in ("and", "or", "not", "in", "matches", "contains"):
        return f"operators are written in lower case: `{lower}`"
    return "write `==` to compare" if lower == "is" else ""


def _names(tokens: list[_Token]) -> list[ExprName]:
    found = []
    depth = 0
    for at, token in enumerate(tokens):
        depth += token.text == "{" and token.kind == "sign"
        depth -= token.text == "}" and token.kind == "sign"
        if token.kind != "name" or token.binary or token.text in ("not", "true", "false", "nil"):
            continue
        before = tokens[at - 1] if at else None
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        if before is not None and before.kind == "sign" and before.text in (".", "?."):
            continue
        follows = after.text if after is not None and after.kind == "sign" else ""
        if depth and follows == ":":
            continue  # the key of a map
        beside = (before.text if before else "", after.text if after else "")
        found.append(ExprName(token.text, token.start, token.end, follows, "==" in beside or "!=" in beside))
    return found


# Source: expr-lang/expr builtin/builtin.go.
BUILTINS = frozenset(
    [
        "abs",
        "all",
        "any",
        "bitand",
        "bitnand",
        "bitnot",
        "bitor",
        "bitshl",
        "bitshr",
        "bitushr",
        "bitxor",
        "ceil",
        "concat",
        "count",
        "date",
        "duration",
        "filter",
        "find",
        "findIndex",
        "findLast",
        "findLastIndex",
        "first",
        "flatten",
        "float",
        "floor",
        "fromBase64",
        "fromJSON",
        "fromPairs",
        "get",
        "groupBy",
        "hasPrefix",
        "hasSuffix",
        "indexOf",
        "int",
        "join",
        "keys",
        "last",
        "lastIndexOf",
        "len",
        "lower",
        "map",
        "max",
        "mean",
        "median",
        "min",
        "none",
        "now",
        "one",
        "reduce",
        "repeat",
        "replace",
        "reverse",
        "round",
        "sort",
        "sortBy",
        "split",
        "splitAfter",
        "string",
        "sum",
        "take",
        "timezone",
        "toBase64",
        "toJSON",
        "toPairs",
        "trim",
        "trimPrefix",
        "trimSuffix",
        "type",
        "uniq",
        "upper",
        "values",
        "$env",
    ]
)
