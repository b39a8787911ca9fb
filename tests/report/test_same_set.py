"""Every reporter tells of the same findings, whatever text they carry."""

from __future__ import annotations

import json
import re
from collections import Counter
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as some

from gitops_lint.findings import Finding, Outcome, Region, Related, Severity, in_order, with_fingerprints
from gitops_lint.report import ReportSettings, names, render
from gitops_lint.text.lines import Lines

TEXTS = some.text(alphabet="ab: -#'\"[](){}|\\\t\r\n\x1b\u202e\u2028日\u0301%,é`<&@]\x00\x0b\ud800\ufffe", max_size=60)
SHOWN = ReportSettings(width=60, version="1", github=True)


@some.composite
def outcomes(draw: some.DrawFn) -> Outcome:
    sources = {file: draw(TEXTS) for file in ("a.yaml", "b c/ü:%.yaml", "::warning file=x::y.yaml")}

    def region() -> Region:
        file = draw(some.sampled_from(sorted(sources)))
        start, end = sorted(draw(some.integers(0, len(sources[file]))) for _ in range(2))
        lines = Lines(sources[file])
        first, last = lines.position(start), lines.position(end)
        secret = draw(some.booleans())
        return Region(file, start, end, first.line, first.column, last.line, last.column, secret=secret)

    findings = []
    for _ in range(draw(some.integers(0, 4))):
        message = draw(TEXTS.filter(bool))
        related = tuple(Related(region(), draw(TEXTS)) for _ in range(draw(some.integers(0, 2))))
        severity = draw(some.sampled_from(Severity))
        rule = draw(some.sampled_from(["one-rule", "two"]))
        findings.append(Finding(rule, "yaml", "security", severity, "low", message, region(), related=related))
    return Outcome(tuple(with_fingerprints(in_order(findings))), sources=sources)


@given(outcomes())
@settings(max_examples=150, deadline=None)
def test_reporters_agree(outcome: Outcome) -> None:
    expected = Counter((one.severity.word, one.rule, one.line, one.column) for one in outcome.findings)
    told = {
        "text": r"(?m)^(error|warning|info)\[([a-z-]+)\]: .*\n +--> .*:(\d+):(\d+)$",
        "concise": r"(?m)^.*:(\d+):(\d+): (error|warning|info)\[([a-z-]+)\] .*$",
    }
    texts = {name: render(name, outcome, SHOWN) for name in names()}

    text = Counter((a, b, int(c), int(d)) for a, b, c, d in re.findall(told["text"], texts["text"]))
    assert expected == text
    concise = Counter((c, d, int(a), int(b)) for a, b, c, d in re.findall(told["concise"], texts["concise"]))
    assert expected == concise
    listed = json.loads(texts["json"])["findings"]
    assert expected == Counter((one["severity"], one["rule"], one["line"], one["column"]) for one in listed)
    results = json.loads(texts["sarif"])["runs"][0]["results"]
    regions = [one["locations"][0]["physicalLocation"]["region"] for one in results]
    levels = {"error": "error", "warning": "warning", "note": "info"}
    assert expected == Counter(
        (levels[one["level"]], one["ruleId"], at["startLine"], at["startColumn"]) for one, at in zip(results, regions)
    )
    rows = r"<tr><td>\S+&nbsp;(\w+)</td><td>(\d+):(\d+)</td><td>.*<code>([a-z-]+)</code></td></tr>"
    marked = Counter((a, d, int(b), int(c)) for a, b, c, d in re.findall(rows, texts["markdown"]))
    assert expected == marked
    failures = [one.text or "" for one in ElementTree.fromstring(texts["junit"]).iter("failure")]
    tested = re.findall(told["concise"], "\n".join(failures))
    assert expected == Counter((c, d, int(a), int(b)) for a, b, c, d in tested)
    styled = [one.attrib for one in ElementTree.fromstring(texts["checkstyle"]).iter("error")]
    assert expected == Counter(
        (one["severity"], one["source"].removeprefix("gitops-lint."), int(one["line"]), int(one["column"]))
        for one in styled
    )
    entries = json.loads(texts["gitlab"])
    assert Counter((one.rule, one.line) for one in outcome.findings) == Counter(
        (one["check_name"], one["location"]["lines"]["begin"]) for one in entries
    )
    assert len({one["fingerprint"] for one in entries}) == len(outcome.findings)
    diagnostics = json.loads(texts["rdjson"])["diagnostics"]
    assert Counter((one.severity.word, one.rule, one.line) for one in outcome.findings) == Counter(
        (one["severity"].lower(), one["code"]["value"], one["location"]["range"]["start"]["line"])
        for one in diagnostics
    )
    assert len(outcome.findings) == len([line for line in texts["github"].split("\n") if line])


@given(outcomes())
@settings(max_examples=100, deadline=None)
def test_nothing_that_a_terminal_or_a_runner_obeys_gets_through(outcome: Outcome) -> None:
    for name in ("text", "concise"):
        text = render(name, outcome, SHOWN)
        assert not set(text) & set("\x1b\r\u202e\u2028")
        assert not [line for line in text.split("\n") if line.lstrip().startswith("::")]
    for line in render("github", outcome, SHOWN).split("\n"):
        assert not line.startswith("::") or re.match(r"::(error|warning|notice) file=[^,:]*,line=\d+,", line)
