"""The credentials of one file, whatever kind of file it is: by form in its text, by name in its documents or lines."""

from __future__ import annotations

from collections.abc import Iterator

import re2

from gitops_lint.dsl.world import Stretch
from gitops_lint.languages.credentials import find_all
from gitops_lint.model.secrets import Credential, credentials_in, credentials_of_lines
from gitops_lint.pattern import pattern
from gitops_lint.repo.load import LoadedFile
from gitops_lint.text.inside import place_in_value
from gitops_lint.text.nodes import Mapping

_PASSED_OVER = frozenset(("lua", "lua-test", "configuration"))
# Documents that describe types: what stands in them are words about values.
_TYPES = frozenset(("custom-resource-definition",))
_LARGEST = 1 << 20
# Names under which a credential can stand; a file without any of these letters holds none. Every file is searched, and RE2
# takes a twentieth of the time.
_WORTH_WALKING = re2.compile(
    r"(?i)passw|pwd|psw|passphrase|secret|token|api_?-?key|(?:private|signing|encryption|fernet|account|storage|master|integration)_?-?key"
    r"|credential|htpasswd|key-?data|authorization|\.dockerc"
)
_TESTS = pattern(
    r"(?i)(?:^|/)(?:tests?|e2e|testdata|fixtures?|examples?|samples?|docs?|demos?|mocks?)(?:/|$)"
    r"|[._-](?:tests?|examples?|samples?|mock)\.\w+$"
)
# What other scanners take as "seen and meant": gitleaks, detect-secrets.
_ALLOWED = pattern(r"gitleaks:allow|pragma: ?(?:allowlist|whitelist) secret|\b(?:notsecret|nosecret)\b")


def credentials_of(loaded: LoadedFile, *, everything: bool = False) -> list[Credential]:
    """
    Every credential of a file in the order of its text, each part of the text once.

    What stands in descriptions of types is none. Left out unless `everything` is asked for: lines that another scanner is
    told to pass over, and passwords in files for tests and examples, where tokens and keys are not certain.
    """
    text = loaded.source.text
    if loaded.role.name in _PASSED_OVER or len(text) > _LARGEST:
        return []
    found = [*_by_form(loaded), *(_by_name(loaded) if _WORTH_WALKING.search(text) else ())]
    if not found:
        return []
    tests = loaded.role.name == "test-data" or _TESTS.search(loaded.file) is not None
    kept: list[tuple[int, int, Credential]] = []
    for one in found:
        start, end = stretch_of(one)
        if any(start < taken_end and end > taken_start for taken_start, taken_end, _ in kept):
            continue
        harmless = tests and one.kind in ("password", "url")
        if not everything and (harmless or _ALLOWED.search(_lines(text, start, end))):
            continue
        if tests and one.certain:
            one = Credential(one.kind, one.what, one.name, one.spot, one.whole, certain=False)
        kept.append((start, end, one))
    return [one for _, _, one in sorted(kept, key=lambda each: each[:2])]


def stretch_of(credential: Credential) -> tuple[int, int]:
    """Start and end in the file of everything that a credential says."""
    whole = credential.whole
    if isinstance(whole, Stretch):
        return whole.start, whole.end
    _, start, end = place_in_value(whole.scalar, whole.start, whole.end)
    return start, end


def _by_form(loaded: LoadedFile) -> Iterator[Credential]:
    source = loaded.source
    for one in find_all(source.text):
        document = next((each for each in reversed(loaded.documents) if each.start <= one.start), None)
        if document is not None and document.classification.what in _TYPES:
            continue
        number = document.number if document is not None else 0
        spot = Stretch(source, one.start, one.point or one.end, number, secret=True)
        yield Credential(
            one.kind, one.what, "", spot, Stretch(source, one.start, one.end, number, secret=True), one.certain
        )


def _by_name(loaded: LoadedFile) -> Iterator[Credential]:
    walked = False
    for document in loaded.documents:
        if document.root is None or document.classification.what in _TYPES:
            walked = True
        elif isinstance(document.root, Mapping) and not _is_lines(loaded):
            walked = True
            yield from credentials_in(document.root)
    if not walked:
        yield from credentials_of_lines(loaded.source)


def _is_lines(loaded: LoadedFile) -> bool:
    return not loaded.file.endswith((".yaml", ".yml", ".json", ".config"))


def _lines(text: str, start: int, end: int) -> str:
    """The lines that a stretch lies on, at most the first and the last."""
    first = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    return text[first:start] + text[end : stop if stop >= 0 else len(text)]
