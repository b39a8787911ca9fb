"""
Lua as gopher-lua reads it: the language of version 5.1, `goto` and labels, and empty statements.

`parse` gives a tree with places, or a LanguageError; `names` and `flow` ask the tree what is certain of it.
"""

from gitops_lint.languages.lua.parser import parse

__all__ = ["parse"]
