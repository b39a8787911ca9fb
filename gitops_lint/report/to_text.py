"""The report for people: one block a finding, with the lines it speaks of, and a summary line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from gitops_lint.findings import Finding, Outcome, Related, RuleCard, Severity
from gitops_lint.report import ReportSettings, shown_path
from gitops_lint.report.secrets import Stretch, stretches
from gitops_lint.report.snippet import Look, Mark, last_line, snippet
from gitops_lint.report.terminal import Paint, inert, visible
from gitops_lint.text.lines import Lines

NAME = "text"
# more related places than these help nobody on a screen; machine formats carry all
_RELATED = 5


def render(outcome: Outcome, settings: ReportSettings) -> str:
    blocks = _Blocks(outcome, settings)
    shown: Counter[str] = Counter()
    left_out: Counter[tuple[str, Severity]] = Counter()
    parts = []
    for finding in outcome.findings:
        shown[finding.rule] += 1
        if settings.max_per_rule and shown[finding.rule] > settings.max_per_rule:
            left_out[finding.rule, finding.severity] += 1
            continue
        parts.append("\n".join(blocks.block(finding)) + "\n")
    if left_out:
        parts.append("".join(_left_out(left_out, blocks.paint)))
    if settings.show_unverified and outcome.unverified:
        parts.append("".join(_unverified(outcome)))
    if not settings.quiet:
        parts.append(summary(outcome, settings, blocks.paint) + "\n")
    text = "\n".join(parts)
    return inert(text) if settings.github else text


def summary(outcome: Outcome, settings: ReportSettings, paint: Paint) -> str:
    """`3 errors, 2 warnings (1 fixable with --fix, 4 suppressed, 12 unverifiable)`, or one friendly line."""
    counts = [
        paint(severity.word, _many(outcome.count(severity), severity.word))
        for severity in sorted(Severity, reverse=True)
        if outcome.count(severity)
    ]
    aside = [
        f"{count} {what}"
        for count, what in (
            (sum(1 for one in outcome.findings if one.fixable), "fixable with --fix"),
            (settings.hidden, "below --min-severity"),
            (len(outcome.suppressed), "suppressed"),
            (len(outcome.baselined), "in baseline"),
            (sum(outcome.unverified.values()), "unverifiable"),
        )
        if count
    ]
    tail = f" ({', '.join(aside)})" if aside else ""
    if counts:
        return ", ".join(counts) + tail
    looked = f"{_many(outcome.files, 'file')}, {_many(outcome.resources, 'resource')}"
    return f"{paint('help', 'nothing to report')} in {looked}{tail}"


class _Blocks:
    """Makes the blocks of one report; keeps line tables and masked stretches, which many findings of a file share."""

    def __init__(self, outcome: Outcome, settings: ReportSettings) -> None:
        self.outcome = outcome
        self.settings = settings
        self.paint = Paint(settings.color, settings.links)
        self.hidden = stretches(outcome)
        self.lines: dict[str, Lines | None] = {}

    def block(self, finding: Finding) -> list[str]:
        related = finding.related[:_RELATED]
        same = [one for one in related if one.region.file == finding.file]
        others = [one for one in related if one.region.file != finding.file]
        marks = [Mark(finding.region, finding.label, True), *_marks(same)]
        gutter = len(str(last_line([*marks, *_marks(others)])))
        look = Look(gutter, self.settings.width, self.paint, finding.severity.word)
        card = self.outcome.rules.get(finding.rule)
        rows = [self._header(finding, card), self._place("-->", finding, None, gutter), *self._snippet(marks, look)]
        for place in others:
            rows.append(self._place(":::", finding, place, gutter))
            rows += self._snippet(_marks([place]), look)
        rows += self._notes(finding, card, gutter, len(finding.related) - len(related))
        return rows

    def _header(self, finding: Finding, card: RuleCard | None) -> str:
        word = finding.severity.word
        rule = self.paint.link(card.url if card else "", visible(finding.rule))
        head = f"{self.paint(word, f'{word}[')}{self.paint(word, rule)}{self.paint(word, ']')}"
        return f"{head}{self.paint('strong', ': ' + visible(finding.message))}"

    def _place(self, arrow: str, finding: Finding, other: Related | None, gutter: int) -> str:
        region = other.region if other else finding.region
        path = visible(shown_path(region.file, self.outcome, self.settings))
        place = f"{' ' * gutter}{self.paint('gutter', arrow)} {path}:{region.line}:{region.column}"
        if other and self._lines(region.file) is None and other.message:
            return f"{place}: {visible(other.message)}"
        return place

    def _snippet(self, marks: Sequence[Mark], look: Look) -> list[str]:
        file = marks[0].region.file
        lines = self._lines(file)
        if lines is None:
            return []
        hidden: Sequence[Stretch] = self.hidden.get(file, ())
        return snippet(lines, marks, hidden, look)

    def _lines(self, file: str) -> Lines | None:
        if file not in self.lines:
            text = self.outcome.sources.get(file)
            self.lines[file] = None if text is None else Lines(text)
        return self.lines[file]

    def _notes(self, finding: Finding, card: RuleCard | None, gutter: int, more: int) -> list[str]:
        notes = []
        if finding.help:
            notes.append(("help", finding.help))
        notes += [("fix", f"{fix.title} ({'safe' if fix.safe else 'look at the result'})") for fix in finding.fixes]
        if finding.generated_by is not None:
            notes.append(("note", f"generated by {finding.generated_by.maker}"))
        notes += [("note", note) for note in finding.notes]
        if more > 0:
            notes.append(("note", f"and {_many(more, 'other place')}"))
        notes.append(("explain", f"gitops-lint explain {finding.rule}"))
        if card and card.url and not self.settings.links:
            notes.append(("docs", card.url))
        equals = self.paint("gutter", f"{' ' * gutter} =")
        return [f"{equals} {self.paint('strong', word)}: {visible(text)}" for word, text in notes]


def _marks(places: Iterable[Related]) -> list[Mark]:
    return [Mark(place.region, place.message, False) for place in places]


def _left_out(counts: Counter[tuple[str, Severity]], paint: Paint) -> Iterable[str]:
    for (rule, severity), count in sorted(counts.items()):
        yield f"{paint(severity.word, f'{severity.word}[{visible(rule)}]')}: +{count} more\n"
    yield "(--max-per-rule 0 shows all)\n"


def _unverified(outcome: Outcome) -> Iterable[str]:
    yield "could not be decided, because something is unknown:\n"
    for rule, count in sorted(outcome.unverified.items()):
        yield f"  {visible(rule)}: {_many(count, 'time')}\n"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
