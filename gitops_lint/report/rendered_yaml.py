"""Generated Applications as YAML for `kubectl apply`: a document each, under a comment that says where it came from."""

from __future__ import annotations

from collections.abc import Iterator

from gitops_lint.report.manifest_text import ManifestYaml
from gitops_lint.report.rendered import RenderedApplication, RenderedSet, Rendering
from gitops_lint.report.terminal import visible


def documents(rendering: Rendering) -> Iterator[str]:
    """The text of one Application after the other, so that a long rendering need not lie in memory."""
    text = ManifestYaml()
    for one in rendering.applicationsets:
        for application in one.applications:
            yield f"---\n{_head(one, application)}{text(application.root)}"


def _head(one: RenderedSet, application: RenderedApplication) -> str:
    made = f"# ApplicationSet {one.words}, {application.generator}"
    if application.elements:
        made += f": {', '.join(map(str, application.elements))}"
    if application.template is not None:
        made += f"\n# template: {application.template}"
    return "".join(f"{visible(line)}\n" for line in made.split("\n"))
