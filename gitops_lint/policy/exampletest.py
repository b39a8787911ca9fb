"""What a rule found in an example against what the example expects: the sentences of `rules test`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gitops_lint.dsl.literals import write_string
from gitops_lint.dsl.tree import Example, Expect
from gitops_lint.findings import Finding, TextEdit


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


def disagreements(example: Example, findings: Sequence[Finding]) -> list[str]:
    """
    Lines that say how findings differ from what an example expects, its fixed text included; nothing where they agree.

    findings: everything that the rule reported for the example, in order.
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
    return lines + _fixed(example, findings)


def fixed_text(text: str, file: str, findings: Iterable[Finding]) -> str:
    """A file's text with the first fix of every finding made; of edits that overlap the first one counts."""
    edits: list[TextEdit] = []
    for finding in findings:
        if not finding.fixes:
            continue
        wanted = [edit for edit in finding.fixes[0].edits if edit.file == file]
        if not any(_overlap(one, other) for one in wanted for other in edits):
            edits += [edit for edit in wanted if edit not in edits]
    # the last edit first, so that the places of the others stay right; of several at one place the first is written first
    for edit in sorted(edits, key=lambda one: (one.start, one.end))[::-1]:
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _overlap(one: TextEdit, other: TextEdit) -> bool:
    return one != other and one.start < other.end and other.start < one.end


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


def _fixed(example: Example, findings: Sequence[Finding]) -> list[str]:
    if example.fixed is None:
        return []
    given = example.given[0]
    fixed = fixed_text(given.text, given.file, findings)
    if fixed == example.fixed:
        return []
    if fixed == given.text:
        return [f"the fix should change {given.file}, but changes nothing"]
    return [
        f"the fix makes another text of {given.file}; expected:",
        *_indented(example.fixed.splitlines()),
        "found:",
        *_indented(fixed.splitlines()),
    ]


def _shown(value: str | int) -> str:
    return write_string(value) if isinstance(value, str) else str(value)


def _indented(lines: Iterable[str]) -> list[str]:
    return ["  " + line for line in lines]
