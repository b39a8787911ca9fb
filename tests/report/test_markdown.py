from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from markdown_it import MarkdownIt

from gitops_lint.findings import Finding, Outcome, Region, Related, RuleCard, Severity, Taken, in_order
from gitops_lint.report import ReportSettings, render
from gitops_lint.report.to_markdown import MOST_BYTES

PLAIN = ReportSettings()
ROW = re.compile(r"(?m)^<tr><td>\S+&nbsp;(\w+)</td><td>(\d+):(\d+)</td><td>(.*)</td></tr>$")
# what forges read as more than text, and what would end the HTML around it
NASTY = some.lists(
    some.sampled_from(
        [
            "@team",
            "#12",
            "</td>",
            "<script>",
            "<!--",
            "![a](b)",
            "](x)",
            "`",
            "``",
            "&lt;",
            "'\"",
            "a",
            "https://x.example",
            "www.x.example",
            "GH-3",
            ":tada:",
            "$x$",
            "0a1b2c3",
            "|b|",
            "\\",
            "\u202e",
            "\ud800",
            "\n\n",
            "\n/close",
            " ",
        ]
    )
).map("".join)


def finding(message: str, file: str = "a.yaml", severity: Severity = Severity.ERROR, line: int = 1) -> Finding:
    return Finding("a-rule", "yaml", "practice", severity, "high", message, Region(file, 0, 1, line, 2, line, 5))


def said(one: Finding) -> str:
    """What the report's one row says, the rule left out."""
    ((_, _, _, words),) = ROW.findall(render("markdown", Outcome((one,)), PLAIN))
    return str(words).removesuffix("<br><code>a-rule</code>")


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("`prod` is <b>", "<code>prod</code> is &lt;b&gt;"),
        ("`a` and `b", "<code>a</code> and `b"),
        ("``", ""),
        ("ask @team, see #12 or GH-3", "ask <code>@team,</code> see <code>#12</code> or <code>GH-3</code>"),
        ("50% of it & more", "50% of it &amp; more"),
        ("https://x.example/a www.b", "<code>https://x.example/a</code> <code>www.b</code>"),
        ("`<i>`\n/close :tada:", "<code>&lt;i&gt;</code>␊/close <code>:tada:</code>"),
        ("at 0a1b2c3 costs $5", "at <code>0a1b2c3</code> costs <code>$5</code>"),
        ("a \ud800\u202e", "a &lt;U+D800&gt;&lt;U+202E&gt;"),
        ("x" * 700, "x" * 599 + "…"),
    ],
)
def test_words_of_a_finding_are_only_words(message: str, expected: str) -> None:
    assert expected == said(finding(message))


class Seen(HTMLParser):
    """Tags with their attributes, and the text outside `<code>`, of an HTML page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_data(self, data: str) -> None:
        if "code" not in self.open:
            self.text += data


@given(NASTY.filter(bool), NASTY, NASTY)
@settings(max_examples=150, deadline=None)
def test_nothing_in_a_repository_becomes_markup(message: str, help: str, name: str) -> None:
    one = replace(finding(message, f"{name}.yaml"), help=help)
    one = replace(one, related=(Related(replace(one.region, file=name), help),))
    outcome = Outcome((one,), suppressed=(Taken(one, message),))
    page = render("markdown", outcome, ReportSettings(source="https://git.example/a/b/blob/0a1b/"))
    seen = Seen(MarkdownIt("commonmark", {"html": True}).render(page))

    assert set(seen.tags) <= {
        ("h3", ()),
        ("details", ("open",)),
        ("a", ("href",)),
        *((tag, ()) for tag in ("summary", "code", "table", "tr", "td", "br", "em")),
    }
    assert not seen.open
    assert not re.search(r"[@#]\w|\$|://|www\.|^/", seen.text, re.MULTILINE)


def test_the_file_with_the_worst_findings_comes_first() -> None:
    outcome = Outcome(
        tuple(
            in_order(
                [
                    finding("m", "a.yaml", Severity.INFO),
                    finding("m", "b.yaml", Severity.WARNING),
                    finding("n", "c.yaml", Severity.INFO),
                    finding("m", "c.yaml", Severity.ERROR, 9),
                    finding("m", "d.yaml", Severity.ERROR),
                ]
            )
        ),
        prefix="deploy/",
    )
    text = render("markdown", outcome, PLAIN)

    assert text.startswith("### gitops-lint: 2 errors, 1 warning, 2 infos\n\n<details open>\n")
    assert re.findall(r"<summary>(.*)</summary>", text) == [
        "<code>deploy/c.yaml</code>: 1 error, 1 info",
        "<code>deploy/d.yaml</code>: 1 error",
        "<code>deploy/b.yaml</code>: 1 warning",
        "<code>deploy/a.yaml</code>: 1 info",
    ]
    assert [row[:2] for row in ROW.findall(text)][:2] == [("error", "9"), ("info", "1")]


def test_many_findings_are_folded() -> None:
    some = tuple(finding("m", line=line) for line in range(1, 12))

    assert "<details>" in render("markdown", Outcome(some), PLAIN)
    assert "<details open>" in render("markdown", Outcome(some[:10]), PLAIN)


@pytest.mark.parametrize("message", ["m", "日本語" * 100, "$ " * 300, "\U0010ffff&" * 3000])
def test_the_report_fits_into_a_comment_and_says_what_it_leaves_out(message: str) -> None:
    severities = [Severity.INFO, Severity.ERROR, Severity.WARNING]
    some = [finding(message, f"{n % 700}.yaml", severities[n % 3], n) for n in range(2000)]
    text = render("markdown", Outcome(tuple(in_order(some))), PLAIN)
    rows = ROW.findall(text)
    (more,) = re.findall(r"(?m)^and (\d+) more findings$", text)

    assert MOST_BYTES * 0.8 < len(text.encode()) <= MOST_BYTES
    assert len(rows) + int(more) == 2000
    assert {"error"} == {row[0] for row in rows}


def test_one_enormous_finding_is_shown() -> None:
    words = '$ \U0010ffff&"' * 5000
    one = finding(words, words)
    one = replace(one, help=words, related=(Related(one.region, words),) * 9)
    text = render("markdown", Outcome((one,)), PLAIN)

    assert len(ROW.findall(text)) == 1
    assert "and 6 more places" in text
    assert len(text.encode()) <= MOST_BYTES


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://lint.example/a?b&c", '<a href="https://lint.example/a?b&amp;c"><code>a-rule</code></a>'),
        ("javascript:x", "<code>a-rule</code>"),
        ('https://x" onclick="y', '<a href="https://x&quot; onclick=&quot;y"><code>a-rule</code></a>'),
        ("https://x\n\n", "<code>a-rule</code>"),
    ],
)
def test_a_rule_is_linked_where_it_has_a_page(url: str, expected: str) -> None:
    card = RuleCard("a-rule", "yaml", "practice", Severity.ERROR, "high", "", "", "", "", url=url)

    assert f"<br>{expected}</td>" in render("markdown", Outcome((finding("m"),), rules={"a-rule": card}), PLAIN)


def test_a_clean_run_says_so() -> None:
    text = render("markdown", Outcome((), files=5, resources=1), PLAIN)

    assert text == "### gitops-lint: nothing to report in 5 files, 1 resource\n"


def test_a_run_that_is_not_complete_says_so() -> None:
    assert "findings may be missing" in render("markdown", Outcome((finding("m"),), crashed=True), PLAIN)


@pytest.mark.parametrize(
    ("file", "path"),
    [
        ("a b/ü.yaml", "deploy/a%20b/%C3%BC.yaml"),
        ('"><script>.yaml', "deploy/%22%3E%3Cscript%3E.yaml"),
    ],
)
def test_a_place_is_linked_where_the_forge_shows_it(file: str, path: str) -> None:
    base = "https://git.example/a/b/blob/0a1b/"
    text = render("markdown", Outcome((finding("m", file, line=7),), prefix="deploy/"), ReportSettings(source=base))

    assert f'<td><a href="{base}{path}#L7">7:2</a></td>' in text


@pytest.mark.parametrize("file", ["ü" * 2000, "a\udcff.yaml"])
def test_a_place_without_an_address_is_not_linked(file: str) -> None:
    outcome = Outcome((finding("m", file),))

    assert "<td>1:2</td>" in render("markdown", outcome, ReportSettings(source="https://x.example/a/b/blob/0/"))
