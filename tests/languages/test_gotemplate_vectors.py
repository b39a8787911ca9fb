"""Templates that were run with Go, sprig and Argo CD's functions, where the collection of them is at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
import yaml

from gitops_lint.languages.gotemplate import GoTemplateError, read
from gitops_lint.languages.gotemplate.values import StringList, StringMap, Value, of_plain
from gitops_lint.simulate.applicationset.yamlfunctions import APPLICATIONSET_FUNCTIONS

VECTORS = Path(__file__).parents[2] / "../shared/cases/gotemplate/vectors.yaml"


def vectors() -> Sequence[Mapping[str, Any]]:
    return list(yaml.safe_load(VECTORS.read_text(encoding="utf-8"))) if VECTORS.exists() else []


def parameters(vector: Mapping[str, Any]) -> Value:
    made = of_plain(vector.get("params", {}))
    for kind, held in (("string_maps", StringMap), ("string_lists", StringList)):
        for path in vector.get(kind, ()):
            *above, last = path.split(".")
            holder = reduce(lambda value, name: value[name], above, made)
            holder[last] = held(holder[last])
    return made


@pytest.mark.skipif(not VECTORS.exists(), reason="the collection is not here")
@pytest.mark.parametrize("vector", [pytest.param(one, id=one["id"]) for one in vectors()])
def test_a_template_ends_as_it_did_in_go(vector: Mapping[str, Any]) -> None:
    phase, result = "", ""
    try:
        template = read(vector["template"], APPLICATIONSET_FUNCTIONS, tuple(vector.get("options", ())))
        result = template.run(parameters(vector))
    except GoTemplateError as error:
        phase, result = error.phase, error.message

    assert phase == vector.get("phase", "")
    if phase:
        assert vector["error"] in result
    else:
        assert result == vector["output"]
