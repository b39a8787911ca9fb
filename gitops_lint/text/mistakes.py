"""What is wrong with a text, as a value: made by the parsers, worded for people, turned into findings by callers."""

from __future__ import annotations

from typing import Literal

from gitops_lint.dataclass import dataclass

Kind = Literal[
    "syntax",  # no YAML or JSON at all
    "tab-indentation",
    "unquoted-template",  # `name: {{ x }}`: YAML reads braces as a mapping
    "template-file",  # a text/template or Jinja file: no YAML before it is rendered
    "encoding",  # bytes or characters that no reader accepts
    "duplicate-key",  # the last one wins silently; kustomize refuses
    "null-key",
    "merge-value",  # `<<` of something that is no mapping
    "complex-key",  # a mapping or sequence as key
    "document-separator",  # text behind `---`, `-----`
    "version-directive",  # %YAML, %TAG
    "dropped-after-end",  # text behind `...` without `---`
    "unknown-alias",  # `*name` without `&name` before it, or inside the value it names
    "excessive-aliasing",
    "too-deep",
    "unknown-escape",  # `\/` in double quotes: libyaml knows it, go-yaml does not
]


@dataclass(frozen=True, slots=True)
class Mistake:
    """
    One thing wrong with a text.

    message: one line, lower-case start, no full stop. help: the cure, or "".
    start, end: offsets in the text, the smallest stretch that shows it. document: number of the document in the stream.
    related: (start, end, words) of other places that explain it.
    """

    kind: Kind
    message: str
    start: int
    end: int
    document: int = 0
    help: str = ""
    related: tuple[tuple[int, int, str], ...] = ()
