"""`gitops-lint init`: a first configuration, an entry for pre-commit and a workflow, where they are missing."""

from __future__ import annotations

import os
from pathlib import Path

import click

from gitops_lint import __version__
from gitops_lint.cli import OK
from gitops_lint.cli.output import write
from gitops_lint.dataclass import dataclass
from gitops_lint.errors import UsageError
from gitops_lint.report.terminal import visible

CONFIG, PRE_COMMIT, WORKFLOW = ".gitops-lint.yaml", ".pre-commit-config.yaml", ".github/workflows/gitops-lint.yml"
# where hooks and the action are taken from
HOME = "https://github.com/gitops-lint/gitops-lint"
_SAME_WORKFLOW = (WORKFLOW, ".github/workflows/gitops-lint.yaml")


@dataclass(frozen=True, slots=True)
class Planned:
    """
    What becomes of one file.

    file: relative to the root. text: its new text; None where it stays as it is. before: its bytes now; None: there is
    none yet. why: what is said of it. shown: text that the user may put into it by hand, or "".
    """

    file: str
    text: str | None
    before: bytes | None
    why: str
    shown: str = ""


@click.command("init")
@click.option("--config", is_flag=True, help=f"Write {CONFIG}.")
@click.option("--pre-commit", is_flag=True, help=f"Write {PRE_COMMIT}, or add the hook to the one that is there.")
@click.option("--workflow", is_flag=True, help=f"Write {WORKFLOW}.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option("--root", metavar="DIR", help="Folder to write into.  [default: the Git repository]")
def init(config: bool, pre_commit: bool, workflow: bool, dry_run: bool, root: str | None) -> int:
    """
    Write a first configuration, a pre-commit hook and a workflow.

    Without --config, --pre-commit and --workflow all that do not exist are written. A file that exists is never
    replaced.
    """
    from gitops_lint.repo.discover import find_root

    top = find_root([], Path(root) if root else None)
    everything = not (config or pre_commit or workflow)
    plan = []
    if config or everything:
        plan.append(_config(top))
    if pre_commit or everything:
        plan.append(_pre_commit(top, insert=pre_commit))
    if workflow or everything:
        plan.append(_workflow(top))
    for one in plan:
        _carry_out(one, top, dry_run)
    return OK


def _config(top: Path) -> Planned:
    from gitops_lint.cli.starter import configuration, installed, other_repositories
    from gitops_lint.config import Config, find_config, read_config
    from gitops_lint.repo.discover import WorkingTree
    from gitops_lint.repo.gitdata import remotes
    from gitops_lint.repo.roles import roles_of

    found = find_config(top, top)
    if found is not None:
        return Planned(found.name, None, b"", "exists, and stays as it is")
    tree = WorkingTree(top, (), Config().limits)
    uses = [one for one in roles_of(tree).sources if one.chart is None and one.repo_url is not None]
    own = remotes(top)
    # without a remote nobody can tell which URL is this repository's own
    others = other_repositories((one.repo_url.text for one in uses if one.repo_url is not None), own) if own else []
    folders = sorted({file.split("/")[0] for file in tree.files() if "/" in file})
    text = configuration(folders, installed(tree), others, f"{HOME}/blob/v{__version__}/docs/configuration.md")
    read_config(text.encode(), CONFIG)  # what is written must be what the next run reads
    return Planned(CONFIG, text, None, "")


def _pre_commit(top: Path, *, insert: bool) -> Planned:
    from gitops_lint.cli.starter import has_hook, pre_commit_config, pre_commit_entry, with_entry

    entry = pre_commit_entry(HOME, __version__)
    before = _content(top, PRE_COMMIT)
    if before is None:
        return Planned(PRE_COMMIT, pre_commit_config(entry), None, "")
    if has_hook(before):
        return Planned(PRE_COMMIT, None, before, "has the hook already")
    text = with_entry(before, entry)
    if insert and text is not None:
        return Planned(PRE_COMMIT, text, before, "the hook was added at the end of `repos`")
    how = "add this to `repos` yourself" if text is None else "add this to `repos`, or let `init --pre-commit` do it"
    return Planned(PRE_COMMIT, None, before, f"exists; {how}", entry)


def _workflow(top: Path) -> Planned:
    from gitops_lint.cli.starter import default_branch, workflow

    for file in _SAME_WORKFLOW:
        if os.path.lexists(top / file):
            return Planned(file, None, b"", "exists, and stays as it is")
    return Planned(WORKFLOW, workflow(HOME, __version__, default_branch(top)), None, "")


def _content(top: Path, file: str) -> bytes | None:
    """The bytes of a file; None where it does not exist. Raises UsageError where it cannot be read."""
    try:
        return (top / file).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"`{file}` cannot be read: {error.strerror or error}") from error


def _carry_out(one: Planned, top: Path, dry_run: bool) -> None:
    if one.text is None:
        write(f"{visible(one.file)}: {one.why}\n{one.shown}", None)
        return
    if dry_run:
        verb = "would be written" if one.before is None else "would get the hook"
        write(f"{one.file}: {verb}\n{_indented(one.text)}", None)
        return
    from gitops_lint.repo.rewriting import rewrite

    folder = Path(os.path.realpath((top / one.file).parent))
    if folder.is_relative_to(os.path.realpath(top)):
        # else `rewrite` says that the file lies outside the root
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"`{one.file}` cannot be written: {error.strerror or error}") from error
    rewrite(top, one.file, one.before, one.text)
    write(f"{one.file}: {one.why or 'written'}\n", None)


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" if line else "\n" for line in text.splitlines())
