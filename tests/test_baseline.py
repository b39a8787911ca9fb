"""The baseline: what its lines say, what they take away, what is wrong with them, and how a new one is written."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gitops_lint.baseline import NAME, Baseline, empty, read_baseline, renewed, settle
from gitops_lint.errors import ConfigurationError, GitopsLintError, UsageError
from gitops_lint.findings import Finding, Outcome, Region, ResourceName, Severity, identity
from gitops_lint.options import Options
from gitops_lint.pipeline import fixed, run, with_baseline_written

TODAY = datetime.date(2026, 3, 1)
LATER = datetime.date(2026, 4, 2)
SERVICE = "apiVersion: v1\nkind: Service\nmetadata:\n  name: {name}\nspec:\n  selectors:\n    app: web\n"
GOOD = SERVICE.replace("selectors", "selector")


def read(text: str) -> Baseline:
    return read_baseline(text.encode(), NAME)


# ---- reading


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        "version: 1\n",
        "version: 1\nfindings:\n",
        "version: 1\nfindings: []\n",
        "version: 1\nfindings: null\n",
    ],
)
def test_a_baseline_may_be_empty(text: str) -> None:
    assert read(text).entries == ()


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("- a\n", "a baseline must be a mapping with `version` and `findings`", 1, 1),
        ("findings: []\n", "a baseline needs `version: 1`", 1, 1),
        ("version: 2\n", "this version of gitops-lint reads baselines of version 1", 1, 10),
        ("version: 1\nfinding: []\n", "`finding` is not a key of the baseline", 2, 1),
        ("version: 1\nfindings: {}\n", "`findings` must be a list", 2, 11),
        ("version: 1\n---\nversion: 1\n", "a baseline is one YAML document; this is a second one", 3, 1),
        ("version: 1\nversion: 1\n", "key `version` is written twice in this mapping", 2, 1),
        ("version: 1\nfindings:\n<<<<<<< HEAD\n", "", 3, 1),
        ("version: 1\nfindings:\n  - a\n", "an entry of the baseline must be a mapping with `rule` and `file`", 3, 5),
        ("version: 1\nfindings:\n  - {rule: a}\n", "an entry of the baseline needs `file`", 3, 5),
        ("version: 1\nfindings:\n  - {rule: a, file: []}\n", "`file` must be a text", 3, 21),
        ("version: 1\nfindings:\n  - {rule: a, file: b, pth: c}\n", "`pth` is not a key of the baseline", 3, 24),
        ("version: 1\nfindings:\n  - {rule: a, file: b, document: x}\n", "`document` must be the number of a", 3, 34),
        (
            "version: 1\nfindings:\n  - {rule: a, file: b, document: 0, kind: c}\n",
            "an entry names a resource or a `document`, not both",
            3,
            5,
        ),
        (
            "version: 1\nfindings:\n  - {rule: a, file: b, first-seen: 2026-13-01}\n",
            "`2026-13-01` is not a date: write `first-seen: YYYY-MM-DD`",
            3,
            36,
        ),
    ],
)
def test_a_mistake_in_a_baseline_has_a_place(text: str, message: str, line: int, column: int) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read(text)

    assert (NAME, line, column) == (raised.value.file, raised.value.line, raised.value.column)
    assert raised.value.message.startswith(message)


def test_a_rule_that_has_another_name_now_is_still_known() -> None:
    text = "version: 1\nfindings:\n  - {rule: old-name, file: a.yaml, path: p}\n"

    assert read_baseline(text.encode(), NAME, {"old-name": "new-name"}).entries[0].rule == "new-name"


# ---- writing

WORDS = st.text("aZ9 :#{}[]&*!|,-'\"\\\n\t\u0085\u2028\ufeffé😀", max_size=8)
RESOURCES = st.none() | st.builds(ResourceName, WORDS, WORDS, WORDS, st.none() | WORDS, WORDS)


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    region = Region(draw(WORDS) or "a.yaml", 0, 1, 1, 1, 1, 2, draw(st.integers(0, 20)), draw(WORDS))
    rule = draw(st.from_regex(r"[a-z]{1,5}(-[a-z]{1,5})?", fullmatch=True))
    of = draw(RESOURCES)
    return Finding(
        rule, "yaml", "correctness", Severity.ERROR, "high", draw(WORDS), region, of, identity_path=draw(WORDS)
    )


@given(st.lists(findings(), max_size=5))
def test_what_is_written_is_read_again_whatever_names_hold(some: list[Finding]) -> None:
    new = renewed(some, empty(NAME), lambda file: True, lambda entry: False, TODAY)
    known = read(new.text)

    assert sorted(identity(one) for one in some) == sorted(one.identity for one in known.entries)
    assert {TODAY} >= {one.first_seen for one in known.entries}
    assert settle(some, known, lambda file: True).findings == ()
    # a second writing changes nothing, and one entry is one line
    again = renewed(some, known, lambda file: True, lambda entry: False, LATER)
    assert (again.text, again.came, again.went, again.stayed) == (new.text, 0, 0, len(some))
    assert len(new.text.splitlines()) == 4 + len(some)
    assert [one["rule"] for one in yaml.safe_load(new.text)["findings"]] == [one.rule for one in known.entries]


def test_dates_stay_with_what_stays() -> None:
    one = Finding(
        "a-rule", "yaml", "correctness", Severity.ERROR, "high", "m", Region("a.yaml", 0, 1, 7, 1, 7, 2, 0, "p")
    )
    two = replace(one, rule="b-rule")
    first = renewed([one, two], empty(NAME), lambda file: True, lambda entry: False, TODAY)
    moved = [replace(one, region=replace(one.region, file="moved.yaml")), replace(two, rule="c-rule")]
    second = renewed(moved, read(first.text), lambda file: file != "a.yaml", lambda entry: False, LATER)

    assert (second.came, second.went, second.stayed) == (1, 1, 1)
    assert second.text.splitlines()[3:] == [
        "findings:",
        "  - {rule: c-rule, file: a.yaml, document: 0, path: p, first-seen: 2026-04-02}  # line 7: m",
        "  - {rule: a-rule, file: moved.yaml, document: 0, path: p, first-seen: 2026-03-01}  # line 7: m",
    ]


def test_a_run_that_is_not_complete_is_not_hidden() -> None:
    crash = Finding(
        "rule-crashed", "yaml", "correctness", Severity.ERROR, "high", "m", Region("a.yaml", 0, 0, 1, 1, 1, 1)
    )
    known = read("version: 1\nfindings:\n  - {rule: rule-crashed, file: a.yaml, document: 0}\n")

    assert settle([crash], known, lambda file: True).findings == (crash,)
    assert renewed([crash], empty(NAME), lambda file: True, lambda entry: False, TODAY).came == 0


# ---- whole runs


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "apps").mkdir()
    (tmp_path / "apps" / "web.yaml").write_text(SERVICE.format(name="web"))
    (tmp_path / "api.yaml").write_text(SERVICE.format(name="api"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(*paths: str, options: Options | None = None) -> tuple[Outcome, str]:
    return with_baseline_written(list(paths) or ["."], options or Options(today=TODAY))


def shown(outcome: Outcome) -> list[tuple[str, str]]:
    return [(one.rule, one.file) for one in outcome.findings]


def test_what_is_known_is_counted_and_not_reported(root: Path) -> None:
    outcome, said = write()

    assert said == "wrote .gitops-lint-baseline.yaml: 2 came, 0 went, 0 stayed"
    assert (outcome.findings, outcome.failed) == ((), False)
    assert [(one.finding.file, one.how, one.reason) for one in outcome.baselined] == [
        ("api.yaml", "baseline", "known since 2026-03-01"),
        ("apps/web.yaml", "baseline", "known since 2026-03-01"),
    ]
    assert (root / NAME).read_text().splitlines()[2:] == [
        "version: 1",
        "findings:",
        "  - {rule: unknown-field, file: api.yaml, kind: Service, name: api, path: spec/selectors, first-seen: 2026-03-01}"
        "  # line 6: `selectors` is not a field of `spec`; did you mean `selector`?",
        "  - {rule: unknown-field, file: apps/web.yaml, kind: Service, name: web, path: spec/selectors, first-seen: 2026-03-01}"
        "  # line 6: `selectors` is not a field of `spec`; did you mean `selector`?",
    ]
    assert run(["."], Options()).findings == ()
    assert len(run(["."], Options(use_baseline=False)).findings) == 2
    assert len(run(["."], Options(isolated=True)).findings) == 2


def test_it_survives_edits_and_renames_and_reports_what_comes_later(root: Path) -> None:
    write()
    (root / "apps" / "web.yaml").rename(root / "web-service.yaml")
    (root / "api.yaml").write_text("# a comment\n\n" + SERVICE.format(name="api") + "  sessions: None\n")
    outcome = run(["."], Options())

    assert [(one.rule, one.file, one.region.path) for one in outcome.findings] == [
        ("unknown-field", "api.yaml", "spec.sessions")
    ]
    assert len(outcome.baselined) == 2


def test_an_entry_that_fits_nothing_is_a_finding_with_a_cure(root: Path) -> None:
    write()
    (root / "api.yaml").write_text(GOOD.format(name="api"))
    outcome = run(["."], Options())

    assert [(one.rule, one.file, one.line, one.message) for one in outcome.findings] == [
        (
            "stale-baseline-entry",
            NAME,
            5,
            "no finding of `unknown-field` in `api.yaml` fits this entry of the baseline any more",
        )
    ]
    before = (root / NAME).read_text()
    after = fixed({NAME: before}, outcome.findings)[NAME]
    assert after.splitlines() == [line for line in before.splitlines() if "api.yaml" not in line]
    assert outcome.sources[NAME] == before
    assert outcome.rules["stale-baseline-entry"].area == "layout"


@pytest.mark.parametrize(
    ("paths", "options", "reported"),
    [
        (["."], Options(), 1),
        (["api.yaml"], Options(), 1),
        ([NAME], Options(), 1),
        (["apps"], Options(), 0),
        (["."], Options(select=("stale-baseline-entry",)), 0),
        (["."], Options(ignore=("stale-baseline-entry",)), 0),
        (["."], Options(ignore=("unknown-field",)), 0),
    ],
)
def test_of_what_was_not_looked_at_nothing_is_stale(
    paths: list[str], options: Options, reported: int, root: Path
) -> None:
    write()
    (root / "api.yaml").write_text(GOOD.format(name="api"))

    assert [one.rule for one in run(paths, options).findings] == ["stale-baseline-entry"] * reported


def test_writing_again_counts_what_came_and_went(root: Path) -> None:
    write()
    (root / "api.yaml").write_text(GOOD.format(name="api"))
    (root / "new.yaml").write_text(SERVICE.format(name="new"))
    outcome, said = write(options=Options(today=LATER))

    assert said == "wrote .gitops-lint-baseline.yaml: 1 came, 1 went, 1 stayed"
    assert outcome.findings == ()
    assert [line.rpartition("first-seen: ")[2][:10] for line in (root / NAME).read_text().splitlines()[4:]] == [
        "2026-03-01",
        "2026-04-02",
    ]


def test_writing_for_some_paths_leaves_the_others_as_they_are(root: Path) -> None:
    write()
    (root / "api.yaml").write_text(GOOD.format(name="api"))
    (root / "apps" / "new.yaml").write_text(SERVICE.format(name="new"))
    (root / "new.yaml").write_text(SERVICE.format(name="other"))
    _, said = write("apps")

    assert said == "wrote .gitops-lint-baseline.yaml: 1 came, 0 went, 2 stayed"
    assert sorted(shown(run(["."], Options()))) == [("stale-baseline-entry", NAME), ("unknown-field", "new.yaml")]


def test_writing_for_some_rules_leaves_the_others_as_they_are(root: Path) -> None:
    write()
    _, said = write(options=Options(select=("yaml",)))

    assert said == "wrote .gitops-lint-baseline.yaml: 0 came, 0 went, 2 stayed"


def test_a_file_that_is_named_must_be_there(root: Path) -> None:
    with pytest.raises(UsageError, match=r"the baseline `known\.yaml` does not exist"):
        run(["."], Options(baseline="known.yaml"))
    (root / ".gitops-lint.yaml").write_text("baseline: ci/known.yaml\n")
    with pytest.raises(ConfigurationError, match=r"the baseline `ci/known\.yaml` does not exist"):
        run(["."], Options())

    (root / "ci").mkdir()
    assert write()[1].startswith("wrote ci/known.yaml: 2 came")
    assert run(["."], Options()).findings == ()


def test_a_baseline_with_a_mistake_is_neither_used_nor_overwritten(root: Path) -> None:
    (root / NAME).write_text("version: 1\nfindings:\n  - {rule: a}\n")
    for attempt in (lambda: run(["."], Options()), write):
        with pytest.raises(
            ConfigurationError, match=r"\.gitops-lint-baseline\.yaml:3:5: an entry of the baseline needs"
        ):
            attempt()
    assert (root / NAME).read_text() == "version: 1\nfindings:\n  - {rule: a}\n"


def test_what_leaves_the_root_is_not_read(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "known.yaml"
    elsewhere.write_text("version: 1\n")
    (root / NAME).symlink_to(elsewhere)
    with pytest.raises(ConfigurationError, match="lies outside the root"):
        run(["."], Options())

    (root / NAME).unlink()
    assert len(run(["."], Options(baseline=str(elsewhere))).findings) == 2


def test_a_secret_does_not_get_into_it(root: Path) -> None:
    token = "ghp_" + "Q7w9" * 9
    (root / "secret.yaml").write_text(
        f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  token: {token}\n"
    )
    write()
    text = (root / NAME).read_text()

    assert "secret.yaml" in text
    assert token not in text


def test_writing_without_a_baseline_is_refused(root: Path) -> None:
    with pytest.raises(GitopsLintError, match="needs a baseline"):
        write(options=Options(use_baseline=False))
