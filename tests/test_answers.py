"""After an edit, a run that remembers says exactly what one says that begins from nothing."""

from __future__ import annotations

import ast
import datetime
import functools
import random
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from gitops_lint.cache import Cache
from gitops_lint.config import Config
from gitops_lint.findings import Outcome
from gitops_lint.options import Options
from gitops_lint.pipeline import CONFIG, check_tree
from gitops_lint.policy import run
from gitops_lint.policy.packedrule import PackedRule
from gitops_lint.policy.rulepack import RulePack, load_pack
from gitops_lint.remembered import Remembered
from gitops_lint.repo import asked as facades
from gitops_lint.repo.discover import WorkingTree

ROOT = Path(__file__).parent.parent
TODAY = datetime.date(2026, 1, 1)

SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  selector:
    app: web
  ports:
    - port: 80
      targetPort: http
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      serviceAccountName: web
      containers:
        - name: web
          image: registry.example.com/web:1.0
          ports:
            - name: http
              containerPort: 8080
          envFrom:
            - configMapRef:
                name: settings
"""
ROLLOUT = """\
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata:
  name: catalog
  namespace: shop
spec:
  selector:
    matchLabels:
      app: catalog
  strategy:
    canary:
      canaryService: catalog-canary
      stableService: catalog
      steps:
        - setWeight: 20
        - analysis:
            templates:
              - templateName: success
  template:
    metadata:
      labels:
        app: catalog
    spec:
      containers:
        - name: catalog
          image: registry.example.com/catalog:1.0
"""
TEMPLATE = """\
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata:
  name: success
  namespace: shop
spec:
  metrics:
    - name: success
      provider:
        job:
          spec:
            template:
              spec:
                containers:
                  - name: try
                    image: registry.example.com/try:1.0
                restartPolicy: Never
"""
SETTINGS = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n  namespace: shop\ndata:\n  a: '1'\n"
APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
  namespace: argocd
spec:
  project: shop
  source:
    repoURL: https://git.example.com/org/repo.git
    path: apps/shop
    targetRevision: main
  destination:
    server: https://kubernetes.default.svc
    namespace: shop
"""
PROJECT = """\
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata:
  name: shop
  namespace: argocd
spec:
  sourceRepos: ['*']
  destinations:
    - server: '*'
      namespace: shop
"""
KUSTOMIZATION = """\
resources:
  - web.yaml
  - service.yaml
  - settings.yaml
images:
  - name: registry.example.com/web
    newTag: "2.0"
"""
FILES = {
    "apps/shop/kustomization.yaml": KUSTOMIZATION,
    "apps/shop/web.yaml": DEPLOYMENT,
    "apps/shop/service.yaml": SERVICE,
    "apps/shop/settings.yaml": SETTINGS,
    "apps/catalog/rollout.yaml": ROLLOUT,
    "apps/catalog/service.yaml": SERVICE.replace("web", "catalog"),
    "apps/catalog/template.yaml": TEMPLATE,
    "argocd/shop.yaml": APPLICATION,
    "argocd/project.yaml": PROJECT,
}


@functools.cache
def pack() -> RulePack:
    return load_pack((), root=ROOT, cache=None)


class Repository:
    """A folder of files that is checked again and again, with a memory and without."""

    def __init__(self, folder: Path, files: Mapping[str, str]) -> None:
        self.root = folder / "repository"
        self.root.mkdir(parents=True)
        self._cache = Cache(folder / "cache")
        for file, text in files.items():
            self.write(file, text)

    def write(self, file: str, text: str | None) -> None:
        """Writes a file, or takes it away."""
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            path.unlink(missing_ok=True)
        else:
            path.write_text(text, encoding="utf-8", errors="surrogatepass")

    def check(self, *, remembered: bool, config: Config | None = None) -> Outcome:
        memory = Remembered(self._cache, self.root, b"settings") if remembered else None
        tree = WorkingTree(self.root)
        outcome = check_tree(tree, config or Config(), Options(today=TODAY), pack(), memory)
        if memory is not None:
            memory.save(tree.files())
        return outcome


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files about which rules that look across files were asked, in order."""
    found: list[str] = []
    noted = run.RepositoryRules.noted

    def watched(rules: run.RepositoryRules, file: str, due: object) -> object:
        found.append(file)
        return noted(rules, file, due)  # type: ignore[arg-type]

    monkeypatch.setattr(run.RepositoryRules, "noted", watched)
    return found


@pytest.mark.parametrize(
    ("file", "old", "new", "again"),
    [
        # a kustomization may set what a container runs; whose pods a Service means depends on all pods of the namespace
        ("apps/shop/web.yaml", "web:1.0", "web:1.1", {"apps/shop/kustomization.yaml", "apps/catalog/rollout.yaml"}),
        ("apps/catalog/rollout.yaml", "catalog:1.0", "catalog:1.1", set()),
        # the Deployment takes its environment from it
        ("apps/shop/settings.yaml", "a: '1'", "a: '2'", {"apps/shop/kustomization.yaml", "apps/shop/web.yaml"}),
        # a comment moves every place behind it
        ("apps/catalog/rollout.yaml", "apiVersion", "# new\napiVersion", set()),
    ],
)
def test_only_what_depends_on_an_edit_is_asked_again(
    tmp_path: Path, asked: list[str], file: str, old: str, new: str, again: set[str]
) -> None:
    repository = Repository(tmp_path, FILES)
    repository.check(remembered=True)
    assert asked
    asked.clear()
    repository.write(file, FILES[file].replace(old, new, 1))
    outcome = repository.check(remembered=True)

    assert set(asked) <= {*again, file}
    assert outcome == repository.check(remembered=False)


@pytest.mark.parametrize(
    ("file", "old", "new", "at"),
    [
        ("apps/catalog/template.yaml", "name: success\n  ", "name: other\n  ", "apps/catalog/rollout.yaml"),
        ("argocd/project.yaml", "namespace: shop", "namespace: other", "argocd/shop.yaml"),
    ],
)
def test_what_an_edit_breaks_elsewhere_is_told(tmp_path: Path, file: str, old: str, new: str, at: str) -> None:
    repository = Repository(tmp_path, FILES)
    before = {one.rule for one in repository.check(remembered=True).findings if one.file == at}
    repository.write(file, FILES[file].replace(old, new, 1))
    outcome = repository.check(remembered=True)

    assert outcome == repository.check(remembered=False)
    assert {one.rule for one in outcome.findings if one.file == at} > before


def test_an_answer_that_comes_and_goes_is_never_stale(tmp_path: Path) -> None:
    repository = Repository(tmp_path, FILES)
    file = "apps/catalog/template.yaml"
    seen = []
    for text in (FILES[file], None, FILES[file], FILES[file].replace("success", "other", 1), None, FILES[file]):
        repository.write(file, text)
        outcome = repository.check(remembered=True)
        assert outcome == repository.check(remembered=False)
        seen.append(outcome.findings)
    assert seen[0] == seen[2] == seen[5]
    assert seen[0] != seen[1]


# ---- edits by chance


def edits(files: Mapping[str, str], chance: random.Random) -> Iterator[tuple[str, str | None]]:
    """One edit of one file after the other: lines that go, words that change, files that come, go and trade places."""
    now: dict[str, str] = dict(files)
    while True:
        file = chance.choice(sorted(files))
        lines = now.get(file, files[file]).splitlines(keepends=True)
        kind = chance.choice(("line", "word", "word", "comment", "gone", "back", "other", "twice"))
        at = chance.randrange(len(lines)) if lines else 0
        text: str | None = "".join(lines)
        if kind == "line" and lines:
            text = "".join(lines[:at] + lines[at + 1 :])
        elif kind == "word" and lines:
            words = ("shop", "web", "catalog", "success", "settings", "Service", "Deployment", "other", "'*'")
            key, colon, _ = lines[at].partition(": ")
            text = "".join(
                [*lines[:at], f"{key}{colon}{chance.choice(words)}\n" if colon else lines[at], *lines[at + 1 :]]
            )
        elif kind == "comment":
            text = f"# one more line\n{text}"
        elif kind == "gone":
            text = None
        elif kind == "back":
            text = files[file]
        elif kind == "other":
            text = files[chance.choice(sorted(files))]
        elif kind == "twice":
            text = f"{text}---\n{files[chance.choice(sorted(files))]}"
        if text is None:
            now.pop(file, None)
        else:
            now[file] = text
        yield file, text


@pytest.mark.parametrize("seed", range(2))
def test_edits_by_chance(tmp_path: Path, seed: int) -> None:
    repository = Repository(tmp_path, FILES)
    repository.check(remembered=True)
    chance = edits(FILES, random.Random(seed))
    done = []
    for _ in range(7):
        file, text = next(chance)
        done.append((file, text))
        repository.write(file, text)
        assert repository.check(remembered=True) == repository.check(remembered=False), done


def examples() -> Iterator[tuple[PackedRule, Mapping[str, str]]]:
    """The rules that look across files, with the files of all their examples as one repository."""
    for rule in pack():
        if not rule.local:
            files = {}
            for number, example in enumerate(rule.rule.examples):
                folder = "" if number == 0 else f"more/{number}/"
                files.update({f"{folder}{one.file}": one.text for one in example.given if one.file != CONFIG})
            if len(files) > 1:
                yield rule, files


@pytest.mark.parametrize(("rule", "files"), [pytest.param(*one, id=one[0].id) for one in [*examples()][::12]])
def test_examples_of_rules(tmp_path: Path, rule: PackedRule, files: Mapping[str, str]) -> None:
    check_examples(tmp_path, rule, files, 4)


def check_examples(folder: Path, rule: PackedRule, files: Mapping[str, str], count: int) -> None:
    """Takes files of a rule's examples away, and puts them and others in their place."""
    repository = Repository(folder, files)
    only = Config().with_flags(select=(rule.id,))
    repository.check(remembered=True, config=only)
    chance = random.Random(rule.id)
    for file in chance.sample(sorted(files), min(count, len(files))):
        for text in (None, files[chance.choice(sorted(files))], files[file]):
            repository.write(file, text)
            found = repository.check(remembered=True, config=only)
            assert found == repository.check(remembered=False, config=only), (file, text)


# ---- what would make it untrue

SOURCES = [*(ROOT / "gitops_lint" / "policy").rglob("*.py"), *(ROOT / "gitops_lint" / "simulate").rglob("*.py")]


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: file.relative_to(ROOT / "gitops_lint").as_posix())
def test_what_depends_on_the_repository_is_kept_by_it_alone(file: Path) -> None:
    """A cache of Python's own would hand out an answer without what it depended on; so would one that is filled later."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.FunctionDef):
            continue
        takes_repo = any(ast.unparse(one.annotation) == "Repo" for one in node.args.args if one.annotation is not None)
        cached = any("cache" in ast.unparse(one) for one in node.decorator_list)
        assert not (takes_repo and cached), f"{node.name}: use repo.once"
        returned = [
            ast.unparse(one.value) for one in node.body if isinstance(one, ast.Return) and one.value is not None
        ]
        alone = (
            all(isinstance(one, ast.Return | ast.Expr) for one in node.body)
            and takes_repo
            and returned in (["{}"], ["[]"], ["set()"], ["dict()"])
        )
        assert not alone, f"{node.name}: what is filled bit by bit is to be many answers: use repo.kept"


def test_everything_a_tree_answers_is_noted() -> None:
    """A method that is not noted would be the folder's own, which has never been walked."""
    own = {name for name, value in vars(WorkingTree).items() if callable(value) and not name.startswith("_")}

    assert own - {"read"} <= set(facades._TREE)
