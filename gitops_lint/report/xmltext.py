"""XML text of reports: well-formed whatever the files hold, and ASCII only, whatever encoding the output has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from gitops_lint.report.terminal import visible

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def element(name: str, attributes: Mapping[str, str | int], children: Iterable[str] = (), text: str = "") -> str:
    """
    An element, with its final line end; children are elements already, text becomes one.

    XML 1.0 has no way to write most control characters or a lone surrogate: a visible sign stands for them, as on a
    terminal. Line ends are kept in text alone.
    """
    told = "".join(f' {key}="{_written(visible(str(value)))}"' for key, value in attributes.items())
    inside = "".join(children)
    if inside:
        return f"<{name}{told}>\n{inside}</{name}>\n"
    if text:
        words = "\n".join(map(visible, text.split("\n")))
        return f"<{name}{told}>{_written(words)}</{name}>\n"
    return f"<{name}{told}/>\n"


def _written(text: str) -> str:
    return escape(text).encode("ascii", "xmlcharrefreplace").decode("ascii")
