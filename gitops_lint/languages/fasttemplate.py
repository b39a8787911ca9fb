"""
`{{name}}` tokens as an ApplicationSet without goTemplate replaces them: names with their places, nothing evaluated.

Source: argo-cd applicationset/utils/utils.go Replace, isTemplatedRegex; valyala/fasttemplate template.go.
"""

from __future__ import annotations

from collections.abc import Mapping

from gitops_lint.dataclass import dataclass
from gitops_lint.pattern import pattern

# A dot of Go's regular expressions matches no line feed; one line must hold `{{` and, behind it, `}}`.
_SOME_TOKEN = pattern(r"\{\{[^\n]*+")


@dataclass(frozen=True, slots=True)
class Token:
    """One `{{name}}`. start, end: with its braces; name: without the blanks around it; name_start: where the name begins."""

    start: int
    end: int
    name: str
    name_start: int

    @property
    def name_end(self) -> int:
        return self.name_start + len(self.name)


@dataclass(frozen=True, slots=True)
class Template:
    """
    A text as it is read. tokens: in order; none where the text counts as plain. unclosed: where a `{{` begins that nothing
    closes, which fails the whole generation; None where there is none. plain: the text is taken as it is, whatever braces
    it holds.
    """

    text: str
    tokens: tuple[Token, ...]
    unclosed: int | None
    plain: bool

    def replaced(self, parameters: Mapping[str, object]) -> str:
        """
        The text with known names replaced; unknown ones, and those whose value is no text, stay as they are written.

        Raises ValueError where a `{{` is not closed.
        """
        if self.unclosed is not None:
            raise ValueError(f'cannot find the end tag "}}}}" of the token at {self.unclosed}')
        made, at = [], 0
        for token in self.tokens:
            value = parameters.get(token.name) if token.name else None
            made.append(self.text[at : token.start])
            made.append(value if isinstance(value, str) else self.text[token.start : token.end])
            at = token.end
        return "".join(made) + self.text[at:]


def read(text: str) -> Template:
    """The tokens of a text; never raises."""
    if not any("}}" in one[0][2:] for one in _SOME_TOKEN.finditer(text)):
        return Template(text, (), None, True)
    tokens: list[Token] = []
    at = 0
    while (start := text.find("{{", at)) >= 0:
        end = text.find("}}", start + 2)
        if end < 0:
            return Template(text, tuple(tokens), start, False)
        inner = text[start + 2 : end]
        name = inner.strip()
        tokens.append(Token(start, end + 2, name, start + 2 + inner.find(name)))
        at = end + 2
    return Template(text, tuple(tokens), None, False)
