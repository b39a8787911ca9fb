"""
Which functions there are, asked by name by who does not run a template; the functions are loaded when first asked.

Source: Masterminds/sprig v3.3.0 functions.go; argo-cd applicationset/utils/utils.go; argoproj/notifications-engine
pkg/templates/service.go.
"""

from __future__ import annotations

from gitops_lint.languages.gotemplate.function import Function

_NOT_IN_NOTIFICATIONS = frozenset(("normalize", "slugify", "toYaml"))
_ONLY_IN_NOTIFICATIONS = frozenset(("getHostByName",))


def stands_alone(name: str) -> bool:
    """Whether an ApplicationSet's template may call a function of that name without arguments."""
    function = _function(name)
    return function is not None and not function.params


def in_notifications(name: str) -> bool:
    """Whether a template of a notification may call a function of that name: Go's own, and sprig's but for the environment."""
    return name in _ONLY_IN_NOTIFICATIONS or (name not in _NOT_IN_NOTIFICATIONS and _function(name) is not None)


def _function(name: str) -> Function | None:
    # not at the top: most repositories have no template that asks
    from gitops_lint.languages.gotemplate.builtins import BUILTINS
    from gitops_lint.languages.gotemplate.functions import FUNCTIONS

    return FUNCTIONS.get(name) or BUILTINS.get(name)
