"""
What holds for every fix of every rule, shown on the rules' own examples in other clothes: line ends, comments, neighbours.

Once made, the text parses, the finding is gone, a second run changes nothing, and all that was not edited is as it was.
"""

from __future__ import annotations

import functools
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitops_lint.config import Config, read_config
from gitops_lint.dsl.tree import Example
from gitops_lint.fixing import Fixed, fix
from gitops_lint.options import Options
from gitops_lint.pipeline import CONFIG, EXAMPLE_DAY, Job, job_of
from gitops_lint.policy.rulepack import RulePack, load_pack
from gitops_lint.repo.discover import MemoryTree
from gitops_lint.text.nodes import Source
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.scalars import Plain, plain

ROOT = Path(__file__).parent.parent
SHOP = ROOT / "examples" / "shop"
CASES = ROOT.parent / "shared" / "cases"
NEIGHBOUR = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: neighbour, namespace: elsewhere} # as it is\n"


@functools.cache
def pack() -> RulePack:
    return load_pack(())


def _fixable() -> list[tuple[str, Example]]:
    """The examples that say what their text is after the fix."""
    return [(rule.id, one) for rule in load_pack(()) for one in rule.rule.examples if one.fixed is not None]


FIXABLE = _fixable()
fixable = pytest.mark.parametrize(
    ("rule", "example"), [pytest.param(rule, one, id=f"{rule}: {one.title}") for rule, one in FIXABLE]
)


def job(rule: str, example: Example, text: str | bytes) -> Job:
    """A run of one rule over the files of an example, of which the first one has this text."""
    files = {one.file: one.text for one in example.given}
    config = read_config(files[CONFIG].encode(), CONFIG) if CONFIG in files else Config()
    tree = MemoryTree({**files, example.given[0].file: text})
    return Job(Path("/nowhere"), tree, config.with_flags(select=(rule,)), Options(today=EXAMPLE_DAY), pack(), ("",))


def fixed_text(rule: str, example: Example, text: str) -> str:
    """What a text becomes by all fixes of one rule."""
    done = fix(job(rule, example, text), unsafe=True)
    return next((one.text for one in done.changes if one.file == example.given[0].file), text)


def values(text: str) -> list[Plain]:
    parsed = parse_yaml(Source(text))
    assert not [one for one in parsed.mistakes if one.kind != "duplicate-key"]
    return [plain(one.root) for one in parsed.documents if one.root is not None]


def test_many_rules_have_a_fix() -> None:
    assert len({rule for rule, _ in FIXABLE}) >= 30


@fixable
def test_the_finding_is_gone_and_nothing_new_appears(rule: str, example: Example) -> None:
    done = fix(job(rule, example, example.given[0].text), unsafe=True)
    text = next(one.text for one in done.changes if one.file == example.given[0].file)
    values(text)

    assert done.left_out == ()
    assert len(done.outcome.findings) == len(example.expect) - len(done.made)
    assert fix(job(rule, example, text), unsafe=True).changes == ()


@fixable
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_mark_stay(rule: str, example: Example, mark: str) -> None:
    text = example.given[0].text
    expected = fixed_text(rule, example, text)
    windows = text.replace("\n", "\r\n")

    done = fix(job(rule, example, (mark + windows).encode()), unsafe=True)

    assert [one.text for one in done.changes] == [expected.replace("\n", "\r\n")]


@fixable
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    before=st.sampled_from(["# head\n\n", "---\n# head\n", NEIGHBOUR + "---\n", "---\n" + NEIGHBOUR + "---\n"]),
    after=st.sampled_from(["", "\n\n# tail\n", "---\n" + NEIGHBOUR, "...\n---\n# tail\n" + NEIGHBOUR]),
    last=st.booleans(),
)
def test_what_stands_around_a_document_stays(rule: str, example: Example, before: str, after: str, last: bool) -> None:
    if example.given[0].file.endswith(("kustomization.yaml", ".json")) or rule.startswith("harness"):
        before, after = "# head\n", "# tail\n"
    text = example.given[0].text
    expected = before + fixed_text(rule, example, text) + after
    whole = before + text + after
    if not last:
        expected, whole = expected.removesuffix("\n"), whole.removesuffix("\n")

    assert fixed_text(rule, example, whole) == expected


def commented(text: str) -> str:
    """The text with a comment behind each line where one changes nothing."""
    lines = text.split("\n")
    expected = values(text)
    for at, line in enumerate(lines):
        if not line or "#" in line:
            continue
        lines[at] = f"{line} # kept {at}"
        made = "\n".join(lines)
        if parse_yaml(Source(made)).mistakes != [] or values(made) != expected:
            lines[at] = line
    return "\n".join(lines)


@fixable
def test_comments_stay_but_those_of_lines_that_go(rule: str, example: Example) -> None:
    text = example.given[0].text
    if parse_yaml(Source(text)).mistakes:
        pytest.skip("comments are put where they change nothing, which a text with mistakes does not tell")
    plainly, whole = fixed_text(rule, example, text), commented(text)

    done = fixed_text(rule, example, whole)

    assert re.sub(r" # kept \d+", "", done) == plainly
    gone = set(re.findall(r" # kept \d+", whole)) - set(re.findall(r" # kept \d+", done))
    assert len(gone) <= max(0, text.count("\n") - plainly.count("\n"))


def fixed_folder(root: Path) -> tuple[Job, Fixed]:
    prepared = job_of([str(root)], Options(root=str(root), today=EXAMPLE_DAY))
    return prepared, fix(prepared, unsafe=True)


def judged(root: Path, tmp_path: Path) -> Fixed:
    """A folder fixed as a whole, by all rules; what holds for every one is asserted."""
    shutil.copytree(root, tmp_path / "copy")
    prepared, done = fixed_folder(tmp_path / "copy")
    for one in done.changes:
        source = Source(one.text)
        assert not one.file.endswith((".yaml", ".yml")) or parse_yaml(source).documents
        (tmp_path / "copy" / one.file).write_bytes(one.text.encode())
    again = fix(replace(prepared, tree=job_of([str(tmp_path / "copy")], prepared.options).tree), unsafe=True)

    assert again.changes == ()
    assert [(one.rule, one.message) for one in again.outcome.findings] == [
        (one.rule, one.message) for one in done.outcome.findings
    ]
    return done


def test_the_sample_is_fixed_as_far_as_that_goes(tmp_path: Path) -> None:
    done = judged(SHOP, tmp_path)

    assert sorted(one.rule for one in done.made) == [
        "duplicate-key",
        "harness-unknown-key",
        "unknown-hook-delete-policy",
        "unknown-sync-option",
        "wrong-type",
    ]
    assert done.left_out == ()


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases lie beside the project where it is built")
def test_cases_are_fixed_as_far_as_that_goes() -> None:
    for file in sorted(CASES.glob("*/*.yaml"))[::50]:
        case = yaml.safe_load(file.read_text(encoding="utf-8"))
        if not isinstance(case, dict) or "files" not in case:
            continue
        files = case["files"]
        prepared = Job(Path("/nowhere"), MemoryTree(files), Config(), Options(today=EXAMPLE_DAY), pack(), ("",))
        done = fix(prepared, unsafe=True)
        if done.changes:
            tree = MemoryTree({**files, **{one.file: one.text for one in done.changes}})

            assert fix(replace(prepared, tree=tree), unsafe=True).changes == (), file.name
