"""JUnit's XML as its readers want it: Jenkins' schema (xunit-plugin, junit-10.xsd) and GitLab's parser."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from xml.etree.ElementTree import Element, fromstring

import pytest

from gitops_lint.findings import Finding, Outcome, Region, ResourceName, Severity
from gitops_lint.report import ReportSettings, render

PLAIN = ReportSettings()
# element -> what it must have, what it may have, what may stand in it
FORM = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors"}, {"time", "skipped", "file"}, {"testcase"}),
    "testcase": ({"name", "classname"}, {"time"}, {"failure"}),
    "failure": ({"message", "type"}, set(), set()),
}


def finding(message: str, rule: str = "a-rule", name: str = "", file: str = "a.yaml", line: int = 1) -> Finding:
    of = ResourceName("apps", "v1", "Deployment", "prod", name) if name else None
    return Finding(rule, "yaml", "practice", Severity.ERROR, "high", message, Region(file, 0, 1, line, 2, line, 5), of)


def report(*findings: Finding, prefix: str = "") -> Element:
    root = fromstring(render("junit", Outcome(findings, prefix=prefix), PLAIN))
    check(root)
    return root


def check(element: Element) -> None:
    must, may, inside = FORM[element.tag]

    assert must <= set(element.attrib) <= must | may
    assert {child.tag for child in element} <= inside
    cases = list(element.iter("testcase"))
    if "tests" in element.attrib:
        assert element.attrib["tests"] == str(len(cases))
        assert element.attrib["failures"] == str(len([case for case in cases if len(case)]))
        assert element.attrib["errors"] == "0"
    for child in element:
        check(child)


def test_a_report_of_everything_has_the_form(outcome: Outcome, settings: ReportSettings) -> None:
    root = fromstring(render("junit", outcome, settings))

    check(root)
    assert [suite.attrib["name"] for suite in root] == [
        "deploy/apps/shop.yaml",
        "deploy/no.yaml",
        "deploy/odd/üñ.yaml",
        "deploy/secret.yaml",
    ]


def test_a_rule_and_a_resource_make_a_case() -> None:
    root = report(
        finding("one", name="shop"),
        finding("two", name="shop", line=7),
        finding("three", name="till"),
        finding("four", "b-rule", name="shop"),
        finding("five", "b-rule"),
        prefix="deploy/",
    )

    assert [(case.attrib["classname"], case.attrib["name"]) for case in root.iter("testcase")] == [
        ("deploy/a.yaml", "a-rule: apps/Deployment prod/shop"),
        ("deploy/a.yaml", "a-rule: apps/Deployment prod/till"),
        ("deploy/a.yaml", "b-rule: apps/Deployment prod/shop"),
        ("deploy/a.yaml", "b-rule"),
    ]
    first = next(root.iter("failure"))
    assert first.attrib == {"message": "one (and 1 more)", "type": "error"}
    assert first.text == "deploy/a.yaml:1:2: error[a-rule] one\ndeploy/a.yaml:7:2: error[a-rule] two"


def test_documents_without_a_name_are_told_apart() -> None:
    one = finding("m")
    other = replace(one, region=replace(one.region, document=2))

    assert [case.attrib["name"] for case in report(one, other).iter("testcase")] == ["a-rule", "a-rule: document 3"]


def test_the_worst_severity_is_the_type_and_help_stands_in_the_text() -> None:
    mild = replace(finding("m"), severity=Severity.INFO, help="write `x`")
    (failure,) = report(mild, replace(mild, severity=Severity.WARNING)).iter("failure")

    assert failure.attrib["type"] == "warning"
    assert (failure.text or "").startswith("a.yaml:1:2: info[a-rule] m\n  help: write `x`\n")


def test_a_clean_run_has_a_case_that_passes() -> None:
    root = fromstring(render("junit", Outcome((), files=5, resources=3), PLAIN))

    check(root)
    (case,) = root.iter("testcase")
    assert case.attrib["name"] == "nothing to report: 5 files, 3 resources"
    assert not len(case)


@pytest.mark.parametrize("format", ["junit", "checkstyle"])
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b\x1b[31m\x0b", "a␀b␛[31m␋"),
        ("a\nb\r\tc", "a␊b␍    c"),
        ("\ud800 \ufffe \U0010ffff \x85", "<U+D800> <U+FFFE> <U+10FFFF> <U+0085>"),
        ("<a b=\"c\" d='e'> & ]]> &amp; <![CDATA[", "<a b=\"c\" d='e'> & ]]> &amp; <![CDATA["),
        ("日本 🎉", "日本 🎉"),
    ],
)
def test_what_xml_cannot_hold_is_shown(format: str, text: str, shown: str) -> None:
    one = replace(finding(text, name=text, file=f"{text}.yaml"), help=text)
    written = render(format, Outcome((one,)), PLAIN)
    root = fromstring(written)

    assert written.isascii()
    values = Counter(value for element in root.iter() for value in element.attrib.values())
    assert {shown, f"{shown}.yaml"} <= set(values)
    assert format == "checkstyle" or f"a-rule: apps/Deployment prod/{shown}" in values
