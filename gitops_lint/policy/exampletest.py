"""What a rule found in an example against what the example expects: the sentences of `rules test`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from gitops_lint.dataclass import dataclass
from gitops_lint.dsl.literals import write_string
from gitops_lint.dsl.tree import Example, Expect
from gitops_lint.findings import Finding


@dataclass(frozen=True, slots=True)
class Seen:
    """A finding as examples speak of it."""

    file: str
    document: int
    path: str
    covers: str
    message: str

    @property
    def words(self) -> list[str]:
        where = f"{self.file}, document {self.document}" if self.document else self.file
        return [
            f"expect {write_string(self.path)} covers {write_string(self.covers)}   ({where})",
            f"  message {write_string(self.message)}",
        ]


def disagreements(example: Example, findings: Sequence[Finding], fixed: Mapping[str, str]) -> list[str]:
    """
    Lines that say how findings differ from what an example expects, its fixed text included; nothing where they agree.

    findings: everything that was reported for the example, in order. fixed: text of each file after all fixes.
    """
    texts = {given.file: given.text for given in example.given}
    expected = [_expected(one, example) for one in example.expect]
    found = [_found(one, texts) for one in findings]
    missing = _without(expected, found)
    extra = _without(found, expected)
    lines: list[str] = []
    for wanted in list(missing):
        near = next((one for one in extra if (one.file, one.path) == (wanted.file, wanted.path)), None)
        near = near or next((one for one in extra if one.message == wanted.message), None)
        if near is not None:
            missing.remove(wanted)
            extra.remove(near)
            lines += _difference(wanted, near)
    for wanted in missing:
        lines += ["expected, but not found:", *_indented(wanted.words)]
    for one in extra:
        lines += ["found, but not expected:", *_indented(one.words)]
    return lines + _fixed(example, fixed)


def _expected(expect: Expect, example: Example) -> Seen:
    return Seen(expect.file or example.given[0].file, expect.document, expect.path, expect.covers, expect.message)


def _found(finding: Finding, texts: dict[str, str]) -> Seen:
    region = finding.region
    covers = texts.get(region.file, "")[region.start : region.end]
    return Seen(region.file, region.document, region.path, covers, finding.message)


def _without(these: Sequence[Seen], those: Sequence[Seen]) -> list[Seen]:
    """What is among these and not among those; equal ones are counted."""
    left = list(those)
    rest = []
    for one in these:
        if one in left:
            left.remove(one)
        else:
            rest.append(one)
    return rest


def _difference(wanted: Seen, found: Seen) -> list[str]:
    lines = [f"found {write_string(found.path)} in {found.file}, but not as expected:"]
    for name in ("file", "document", "path", "covers", "message"):
        one, other = getattr(wanted, name), getattr(found, name)
        if one != other:
            lines += [f"  {name} expected: {_shown(one)}", f"  {name} found:    {_shown(other)}"]
    return lines


def _fixed(example: Example, fixed: Mapping[str, str]) -> list[str]:
    if example.fixed is None:
        return []
    given = example.given[0]
    text = fixed.get(given.file, given.text)
    if text == example.fixed:
        return []
    if text == given.text:
        return [f"the fix should change {given.file}, but changes nothing"]
    return [
        f"the fix makes another text of {given.file}; expected:",
        *_indented(example.fixed.splitlines()),
        "found:",
        *_indented(text.splitlines()),
    ]


def _shown(value: str | int) -> str:
    return write_string(value) if isinstance(value, str) else str(value)


def _indented(lines: Iterable[str]) -> list[str]:
    return ["  " + line for line in lines]
