"""Structs of functions that JSON knows how to write, as a text: dates and versions."""

from __future__ import annotations

from gitops_lint.languages.gotemplate.function import Struct


class JsonStruct(Struct):
    """A struct that is a text in JSON."""

    __slots__ = ()

    def json_text(self) -> str:
        """The text, without quotes."""
        raise NotImplementedError
