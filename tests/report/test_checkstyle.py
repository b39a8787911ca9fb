from __future__ import annotations

from xml.etree.ElementTree import fromstring

from gitops_lint.findings import Outcome
from gitops_lint.report import ReportSettings, render

# what reviewdog's, Jenkins' and Checkstyle's own readers look at
ERROR = {"line", "column", "severity", "message", "source"}


def test_a_file_holds_its_findings(outcome: Outcome, settings: ReportSettings) -> None:
    root = fromstring(render("checkstyle", outcome, settings))

    assert (root.tag, set(root.attrib)) == ("checkstyle", {"version"})
    assert {(file.tag, *file.attrib) for file in root} == {("file", "name")}
    assert {(error.tag, frozenset(error.attrib), len(error)) for file in root for error in file} == {
        ("error", frozenset(ERROR), 0)
    }
    assert {error.attrib["severity"] for error in root.iter("error")} == {"error", "warning", "info"}
    assert root[0].attrib["name"] == "deploy/apps/shop.yaml"
    assert root[0][1].attrib == {
        "line": "13",
        "column": "22",
        "severity": "warning",
        "message": "150 is more than 100%: nothing",
        "source": "gitops-lint.weight-above-hundred",
    }


def test_a_clean_run_is_an_empty_report() -> None:
    text = render("checkstyle", Outcome(()), ReportSettings())

    assert text == '<?xml version="1.0" encoding="UTF-8"?>\n<checkstyle version="4.3"/>\n'
