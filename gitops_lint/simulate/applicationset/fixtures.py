"""
Generators that ask an outside service: what the configuration says they would yield, and what is wrong with them whatever the
service says.
"""

from __future__ import annotations

from collections.abc import Mapping

from gitops_lint.languages.gotemplate.functions.names import normalize
from gitops_lint.languages.gotemplate.values import StringList, StringMap, Value, of_plain
from gitops_lint.simulate.applicationset.flatten import texts
from gitops_lint.simulate.applicationset.naming import branch_slug
from gitops_lint.simulate.applicationset.params import GenerationError, ParamSet, Unexpanded
from gitops_lint.simulate.applicationset.specs import Spec
from gitops_lint.simulate.applicationset.surroundings import LOCAL_NAME, LOCAL_SERVER, Surroundings
from gitops_lint.simulate.applicationset.values import Mode, with_values
from gitops_lint.text.scalars import Plain

ASKING = ("scmProvider", "pullRequest", "clusterDecisionResource", "plugin")
_SCM = ("github", "gitlab", "gitea", "bitbucketServer", "azureDevOps", "bitbucket", "awsCodeCommit")
_PULL_REQUEST = ("github", "gitlab", "gitea", "bitbucketServer", "bitbucket", "azuredevops")


def asked_sets(
    spec: Spec, mode: Mode, surroundings: Surroundings, applicationset: str
) -> tuple[list[ParamSet], tuple[Unexpanded, ...]]:
    """The sets of the configuration for this generator, or that nobody knows them. Raises GenerationError."""
    _check(spec, surroundings)
    fixture = surroundings.fixture(spec.kind, applicationset)
    if fixture is None:
        why = "an outside service is asked; `generators:` in the configuration can say what it would answer"
        return [], (Unexpanded(spec.node, why),)
    values = spec.strings("values")
    found = []
    for given in fixture.parameters:
        params = _parameters(spec, given, mode, surroundings)
        if spec.kind != "clusterDecisionResource":
            with_values(params, values, mode)
        elif mode.go and values:
            params["values"] = StringMap(values)
        else:
            params.update({f"values.{key}": text for key, text in values.items()})
        found.append(ParamSet(params, spec.node, None))
    return found, ()


def _check(spec: Spec, surroundings: Surroundings) -> None:
    """What fails before anybody is asked."""
    if spec.kind in ("scmProvider", "pullRequest"):
        pulls = spec.kind == "pullRequest"
        start = "failed to select pull request service provider: " if pulls else ""
        if not surroundings.switches.scm_providers:
            raise GenerationError(f"{start}scm providers are disabled", spec.place())
        if not any(one in spec.written for one in (_PULL_REQUEST if pulls else _SCM)):
            what = "Pull Request" if pulls else "SCM"
            raise GenerationError(f"{start}no {what} provider implementation configured", spec.place())
    elif spec.kind == "clusterDecisionResource":
        selector = spec.mapped("labelSelector")
        selects = "matchLabels" in selector or "matchExpressions" in selector
        if selects == bool(spec.text("name")):
            message = "there is a problem with the definition of the ClusterDecisionResource generator"
            raise GenerationError(message, spec.place(), "give it either `name` or `labelSelector`")


def _parameters(spec: Spec, given: Mapping[str, Plain], mode: Mode, surroundings: Surroundings) -> dict[str, Value]:
    """What the controller would make of an answer; parameters that follow from others are added."""
    if spec.kind == "plugin":
        data: dict[str, Value] = of_plain(given)
        params: dict[str, Value] = dict(data) if mode.go else dict(texts(data))
        params["generator"] = {"input": {"parameters": of_plain(spec.mapped("input").get("parameters") or {})}}
        return params
    if spec.kind == "clusterDecisionResource":
        return _decided(given, surroundings)
    labels = given.get("labels")
    params = {key: _text(value) for key, value in given.items() if key != "labels"}
    if spec.kind == "scmProvider":
        _add_scm(params)
        listed = labels if isinstance(labels, list) else [labels] if labels is not None else []
        params["labels"] = ",".join(_text(one) for one in listed)
        return params
    _add_pull_request(params)
    if mode.go:
        listed = labels if isinstance(labels, list) else [labels] if labels is not None else []
        params["labels"] = StringList(_text(one) for one in listed)
    return params


def _add_scm(params: dict[str, Value]) -> None:
    # Source: argo-cd applicationset/generators/scm_provider.go GenerateParams
    if "branch" in params:
        params.setdefault("branchNormalized", normalize(params["branch"]))
    if "sha" in params:
        params.setdefault("short_sha", params["sha"][:8])
        params.setdefault("short_sha_7", params["sha"][:7])


def _add_pull_request(params: dict[str, Value]) -> None:
    # Source: argo-cd applicationset/generators/pull_request.go GenerateParams
    for name in ("branch", "target_branch"):
        slug = branch_slug(params[name]) if name in params else None
        if slug is not None:
            params.setdefault(f"{name}_slug", slug)
    if "head_sha" in params:
        params.setdefault("head_short_sha", params["head_sha"][:8])
        params.setdefault("head_short_sha_7", params["head_sha"][:7])


def _decided(given: Mapping[str, Plain], surroundings: Surroundings) -> dict[str, Value]:
    """Source: argo-cd applicationset/generators/duck_type.go GenerateParams."""
    params: dict[str, Value] = {key: _text(value) for key, value in given.items()}
    if "server" not in params:
        name = params.get("name", params.get("clusterName"))
        servers = {LOCAL_NAME: LOCAL_SERVER, **{one.name: one.server for one in surroundings.clusters}}
        if name in servers:
            params.setdefault("name", name)
            params["server"] = servers[name]
    return params


def _text(value: Plain) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
