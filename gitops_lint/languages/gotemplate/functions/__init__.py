"""
The functions of ApplicationSet templates besides Go's own: sprig's, without those that ask the machine, and Argo CD's.

One module a subject. `fromYaml` and `fromYamlArray` read YAML and so live in `simulate.applicationset.yamlfunctions`.
Source: Masterminds/sprig v3.3.0 functions.go (genericMap); argo-cd applicationset/utils/utils.go (init).
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from gitops_lint.languages.gotemplate.function import Function
from gitops_lint.languages.gotemplate.functions.arithmetic import ARITHMETIC
from gitops_lint.languages.gotemplate.functions.chance import CHANCE
from gitops_lint.languages.gotemplate.functions.dates import DATES
from gitops_lint.languages.gotemplate.functions.dicts import DICTS
from gitops_lint.languages.gotemplate.functions.encoding import ENCODING
from gitops_lint.languages.gotemplate.functions.flow import FLOW
from gitops_lint.languages.gotemplate.functions.joining import JOINING
from gitops_lint.languages.gotemplate.functions.json import JSON
from gitops_lint.languages.gotemplate.functions.lists import LISTS
from gitops_lint.languages.gotemplate.functions.names import NAMES
from gitops_lint.languages.gotemplate.functions.paths import PATHS
from gitops_lint.languages.gotemplate.functions.reflection import REFLECTION
from gitops_lint.languages.gotemplate.functions.regex import REGEX
from gitops_lint.languages.gotemplate.functions.removed import REMOVED as REMOVED
from gitops_lint.languages.gotemplate.functions.strings import STRINGS
from gitops_lint.languages.gotemplate.functions.urls import URLS
from gitops_lint.languages.gotemplate.functions.versions import VERSIONS
from gitops_lint.languages.gotemplate.functions.yamltext import YAMLTEXT

FUNCTIONS: Mapping[str, Function] = {
    one.name: one
    for one in chain(
        ARITHMETIC,
        CHANCE,
        DATES,
        DICTS,
        ENCODING,
        FLOW,
        JOINING,
        JSON,
        LISTS,
        NAMES,
        PATHS,
        REFLECTION,
        REGEX,
        STRINGS,
        URLS,
        VERSIONS,
        YAMLTEXT,
    )
}
