"""Patterns that rules write: regular expressions must compile as RE2, globs must be ones; asked when a rule is checked."""

from __future__ import annotations

from collections.abc import Sequence


def wrong_regex(pattern: str) -> str | None:
    """Why a regular expression is none for RE2 (no look-around, no back-references), or None where it compiles."""
    # not at the top: most rules have no pattern, and the extension takes its time
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else "it does not compile"
        if isinstance(reason, bytes):
            reason = reason.decode("utf-8", "replace")
        return f"/{pattern}/ is no regular expression that RE2 knows: {reason}"
    return None


def wrong_glob(pattern: str) -> str | None:
    """Why a glob is none, or None; `*` and `?` stand for characters, `**` for folders, everything else for itself."""
    return "an empty pattern matches nothing but empty text" if not pattern else None


def fits_none(pattern: str, values: Sequence[str], *, glob: bool) -> bool:
    """Whether a pattern that compiles fits none of these texts: a condition on a closed set of words that is never true."""
    import re2

    if glob:
        pattern = "^" + "".join({"*": "(?s:.*)", "?": "(?s:.)"}.get(char, re2.escape(char)) for char in pattern) + "$"
    return not any(re2.search(pattern, value) for value in values)
