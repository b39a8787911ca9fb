"""
Fixes made: check, edit in memory, check again until nothing changes, and only then write. Called by `cli`.

Only findings that count are fixed, and only in files that the run was asked about. A fix is taken back when the text that
it makes no longer parses, when its finding stays, or when it brings an error somewhere: a file is never left worse.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from gitops_lint.baseline import STALE
from gitops_lint.dataclass import dataclass
from gitops_lint.errors import GitopsLintError
from gitops_lint.findings import Finding, Fix, Outcome, Severity, TextEdit, identity
from gitops_lint.pipeline import Job, is_below, outcome_of, reported
from gitops_lint.repo.overlay import Edited
from gitops_lint.repo.rewriting import encoded, rewrite
from gitops_lint.report.secrets import stretches
from gitops_lint.report.terminal import MASK
from gitops_lint.text.edit import Edit, apart, apply
from gitops_lint.text.parse import parse_json, parse_yaml
from gitops_lint.text.source import Source, decode

_ROUNDS = 10
# runs over the whole repository at most: finding the one fix of many that brings an error takes some
_RUNS = 40
# stands for each character of a secret in the text that is shown; a text with this character is never fixed
_HIDDEN = "\0"


@dataclass(frozen=True, slots=True)
class Change:
    """
    A file before and after its fixes.

    file: relative to the root. data: its bytes when they were read. shown_before, shown: both texts as far as they may be
    printed: every character of a secret is a NUL there.
    """

    file: str
    data: bytes
    text: str
    shown_before: str
    shown: str


@dataclass(frozen=True, slots=True)
class Fixed:
    """
    What fixing came to.

    outcome: of the texts as they are now, narrowed to what was asked for. changes: by file. made: the findings that were
    fixed, in the order in which that was done. left_out: for each fix that was taken back a sentence. more: how many
    findings only an unsafe fix would cure, where those were not asked for.
    """

    outcome: Outcome
    changes: tuple[Change, ...]
    made: tuple[Finding, ...]
    left_out: tuple[str, ...]
    more: int


def fix(job: Job, *, unsafe: bool) -> Fixed:
    """
    A job with its fixes made in memory: nothing is written yet. unsafe: also those at which a person should look.

    Raises GitopsLintError as a run does.
    """
    bench = _Bench(job, unsafe)
    now = bench.judge(bench.texts)
    for _ in range(_ROUNDS):
        batch = bench.wanted(now)
        if not batch:
            break
        now = bench.settle(now, batch)
    outcome = bench.without_stale_entries(reported(now, job.below))
    left = _fixable(outcome.findings, safe=False) if not unsafe else 0
    return Fixed(outcome, bench.changes(), tuple(bench.made), tuple(bench.left_out.values()), left)


def write(job: Job, changes: Sequence[Change]) -> None:
    """Writes the new texts. Raises GitopsLintError for a file that changed meanwhile or cannot be written."""
    for number, one in enumerate(changes):
        try:
            rewrite(job.root, one.file, one.data, one.text)
        except GitopsLintError as error:
            if number:
                error.help = f"{number} of {len(changes)} files were written before; {error.help}".removesuffix("; ")
            raise


def diff(changes: Iterable[Change], prefix: str = "") -> list[str]:
    """
    The lines of a unified diff, without line feeds, as `git apply` takes it at the top of the repository.

    prefix: where the root lies below that. A secret is masked; a diff that shows such a line is for reading only.
    """
    lines: list[str] = []
    for one in changes:
        name = f"{prefix}{one.file}"
        before, after = one.shown_before.split("\n"), one.shown.split("\n")
        made = difflib.unified_diff(_ended(before), _ended(after), f"a/{name}", f"b/{name}", lineterm="")
        for line in made:
            text, missing, _ = line.partition(_NO_BREAK)
            lines.append(_masked(text))
            if missing:
                lines.append("\\ No newline at end of file")
    return lines


_NO_BREAK = "\0\n"


def _ended(lines: list[str]) -> list[str]:
    """Lines of a text that was parted at its line feeds; the last one is marked where no line feed ends it."""
    return lines[:-1] if not lines[-1] else [*lines[:-1], lines[-1] + _NO_BREAK]


def _masked(line: str) -> str:
    return re.sub(f"{_HIDDEN}+", MASK, line)


def _fixable(findings: Iterable[Finding], *, safe: bool) -> int:
    return sum(1 for one in findings if one.fixes and any(fix.safe for fix in one.fixes) == safe)


@dataclass(frozen=True, slots=True)
class _Cure:
    """One fix, and the findings that it cures: their fixes are the same edits."""

    fix: Fix
    findings: tuple[Finding, ...]

    @property
    def files(self) -> set[str]:
        return {edit.file for edit in self.fix.edits}


def _key(finding: Finding, fix: Fix) -> tuple[str, ...]:
    """What of a fix stays the same from round to round."""
    return (*identity(finding), finding.message, fix.title)


class _Bench:
    """
    The texts of a job while they are being fixed.

    texts: file -> text, only of files that were edited. read: their bytes and texts before. shown: the same text
    as far as it may be printed, with the same length, so that edits fit both.
    """

    def __init__(self, job: Job, unsafe: bool) -> None:
        self.job = replace(job, below=("",))
        self.below = job.below
        self.unsafe = unsafe
        self.texts: dict[str, str] = {}
        self.read: dict[str, tuple[bytes, str]] = {}
        self.shown_before: dict[str, str] = {}
        self.shown: dict[str, str] = {}
        self.made: list[Finding] = []
        self.left_out: dict[tuple[str, ...], str] = {}
        self.runs = 0

    def judge(self, texts: Mapping[str, str]) -> Outcome:
        """What the run says of everything when files have these texts."""
        self.runs += 1
        data = {file: encoded(self.read[file][0], text, file) for file, text in texts.items()}
        return outcome_of(replace(self.job, tree=Edited(self.job.tree, data)) if data else self.job)

    def wanted(self, now: Outcome) -> list[_Cure]:
        """The fixes to make next: of findings that count, in files that were asked for, none over another."""
        chosen: dict[frozenset[TextEdit], _Cure] = {}
        edits: dict[str, list[Edit]] = {}
        for finding in reported(now, self.below).findings:
            cure = self._cure_of(finding)
            if cure is None or not all(self._at_hand(file, cure, now) for file in sorted(cure.files)):
                continue
            key = frozenset(cure.fix.edits)
            mine = [(edit.file, Edit(edit.start, edit.end, edit.text)) for edit in cure.fix.edits]
            if key in chosen:
                # of one rule only one counts as cured: of three equal keys each says that the first should go
                if all(one.rule != finding.rule for one in chosen[key].findings):
                    chosen[key] = _Cure(chosen[key].fix, (*chosen[key].findings, finding))
            elif all(apart(edit, edits.get(file, ())) for file, edit in mine):
                chosen[key] = cure
                for file, edit in mine:
                    edits.setdefault(file, []).append(edit)
        return list(chosen.values())

    def _cure_of(self, finding: Finding) -> _Cure | None:
        if finding.rule == STALE:
            return None
        for fix in finding.fixes:
            if (fix.safe or self.unsafe) and fix.edits and _key(finding, fix) not in self.left_out:
                cure = _Cure(fix, (finding,))
                return cure if all(is_below(file, self.below) for file in cure.files) else None
        return None

    def _at_hand(self, file: str, cure: _Cure, now: Outcome) -> bool:
        """Whether the text of a file is known and can be written back."""
        if file not in self.read:
            try:
                data = self.job.tree.read(file)
                text, _ = decode(data)
                encoded(data, text, file)
            except (OSError, GitopsLintError) as error:
                self._leave_out(cure, error.message if isinstance(error, GitopsLintError) else str(error))
                return False
            if _HIDDEN in text:
                self._leave_out(cure, "the file holds NUL characters")
                return False
            if text != now.sources.get(file):
                self._leave_out(cure, "the file has changed meanwhile")
                return False
            self.read[file] = (data, text)
            self.texts[file] = self.shown[file] = text
            self._hide(file, now)
            self.shown_before[file] = self.shown[file]
        else:
            self._hide(file, now)
        return True

    def _hide(self, file: str, now: Outcome) -> None:
        for start, end in stretches(now).get(file, ()):
            text = self.shown[file]
            hidden = "".join(char if char in "\r\n" else _HIDDEN for char in text[start:end])
            self.shown[file] = text[:start] + hidden + text[end:]

    def settle(self, now: Outcome, batch: list[_Cure]) -> Outcome:
        """Makes the fixes of a batch that do no harm; what the run says then."""
        accepted: list[_Cure] = []
        waiting = [batch]
        texts = self.texts
        while waiting:
            group = waiting.pop()
            if self.runs >= _RUNS:
                for cure in group:
                    self._leave_out(cure, "too many others did not work; run again")
                continue
            tried = _edited(self.texts, [*accepted, *group])
            then = self.judge(tried)
            trouble = self._trouble(group, tried, now, then)
            if not trouble:
                accepted, texts, now = [*accepted, *group], tried, then
            elif len(group) == 1:
                self._leave_out(group[0], next(iter(trouble.values())))
            else:
                suspects = [one for one in group if one.files & trouble.keys()]
                others = [one for one in group if one not in suspects]
                half = len(group) // 2
                waiting += [suspects, others] if suspects and others else [group[half:], group[:half]]
        self.shown = _edited(self.shown, accepted)
        self.texts = texts
        self.made += [finding for one in accepted for finding in one.findings]
        return now

    def _trouble(self, group: Sequence[_Cure], tried: Mapping[str, str], now: Outcome, then: Outcome) -> dict[str, str]:
        """File -> what fixes do there that they should not; empty where all is well."""
        found: dict[str, str] = {}
        for file in sorted(set().union(*(one.files for one in group))):
            if _mistakes(file, tried[file]) > _mistakes(file, self.texts[file]):
                found[file] = "the file would not parse any more"
        before, after = _errors(now), _errors(then)
        for rule, file in sorted(after):
            if after[rule, file] > before[rule, file]:
                known = {one.message for one in now.findings if (one.rule, one.file) == (rule, file)}
                new = (one for one in then.findings if (one.rule, one.file) == (rule, file))
                words = next((one.message for one in new if one.message not in known), "")
                found.setdefault(file, f"it would bring {rule}: {words}".removesuffix(": "))
        had, has = _counts(now.findings), _counts(then.findings)
        for (rule, file), cured in sorted(_counts(finding for one in group for finding in one.findings).items()):
            if has[rule, file] > had[rule, file] - cured:
                found.setdefault(file, "the finding would stay")
        return found

    def _leave_out(self, cure: _Cure, why: str) -> None:
        for one in cure.findings:
            self.left_out[_key(one, cure.fix)] = f"fix of {one.rule} at {one.file}:{one.line} left out: {why}"

    def without_stale_entries(self, outcome: Outcome) -> Outcome:
        """
        The outcome once entries of the baseline that fit nothing are taken out of it.

        The baseline is no part of the tree that is judged, so this is done at last, by what the run says at last.
        """
        stale = [one for one in outcome.findings if one.rule == STALE]
        cures = [
            _Cure(fix, (one,))
            for one in stale
            for fix in one.fixes
            if all(is_below(edit.file, self.below) for edit in fix.edits)
        ]
        cures = [one for one in cures if all(self._at_hand(file, one, outcome) for file in sorted(one.files))]
        if not cures:
            return outcome
        self.texts, self.shown = _edited(self.texts, cures), _edited(self.shown, cures)
        gone = [finding for one in cures for finding in one.findings]
        self.made += gone
        return replace(outcome, findings=tuple(one for one in outcome.findings if one not in gone))

    def changes(self) -> tuple[Change, ...]:
        return tuple(
            Change(file, self.read[file][0], text, self.shown_before[file], self.shown[file])
            for file, text in sorted(self.texts.items())
            if text != self.read[file][1]
        )


def _edited(texts: Mapping[str, str], cures: Iterable[_Cure]) -> dict[str, str]:
    edits: dict[str, set[Edit]] = {}
    for cure in cures:
        for edit in cure.fix.edits:
            # what replaces a secret may say it again
            hidden = _HIDDEN in texts[edit.file][edit.start : edit.end]
            text = re.sub(r"[^\r\n]", _HIDDEN, edit.text) if hidden else edit.text
            edits.setdefault(edit.file, set()).add(Edit(edit.start, edit.end, text))
    return {file: apply(text, edits.get(file, ())) for file, text in texts.items()}


def _mistakes(file: str, text: str) -> int:
    """How much a parser refuses of a text; other files than YAML and JSON have nothing to refuse."""
    if file.endswith((".lua", ".tpl")):
        return 0
    source = Source(text, file)
    parsed = parse_json(source) if file.endswith(".json") else parse_yaml(source)
    return len(parsed.mistakes)


def _counts(findings: Iterable[Finding]) -> Counter[tuple[str, str]]:
    return Counter((one.rule, one.file) for one in findings)


def _errors(outcome: Outcome) -> Counter[tuple[str, str]]:
    return _counts(one for one in outcome.findings if one.severity is Severity.ERROR)
