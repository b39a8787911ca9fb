"""Functions that people know from elsewhere and that ApplicationSet templates do not have; for messages of the parser."""

from __future__ import annotations

from collections.abc import Mapping

_MACHINE = "the ApplicationSet controller takes it away, as it would tell of the machine it runs on"
_PARAMETERS = "put the value into the parameters of a generator"

REMOVED: Mapping[str, str] = {
    "env": f"{_MACHINE}: {_PARAMETERS}",
    "expandenv": f"{_MACHINE}: {_PARAMETERS}",
    "getHostByName": f"{_MACHINE}: {_PARAMETERS}",
    "include": "it is Helm's own: `template` prints a template that the same text defines",
    "tpl": "it is Helm's own: an ApplicationSet fills in every text once, and what comes out is not read again",
    "required": "it is Helm's own: `goTemplateOptions: [missingkey=error]` refuses a missing parameter, `fail` any other",
    "lookup": "it is Helm's own: an ApplicationSet sees the parameters of its generators alone, and nothing of the cluster",
    "toToml": "it is Helm's own: `toYaml` and `toJson` are there",
    "fromToml": "it is Helm's own: `fromYaml` and `fromJson` are there",
    "fromJsonArray": "it is Helm's own: `fromJson` reads lists too",
    "toYamlPretty": "it is Helm's own: `toYaml` is there",
    "mustToYaml": "it is Helm's own: `toYaml` fails too where a value has no YAML",
    "mustFromYaml": "`fromYaml` fails too for what is no YAML",
    "lte": "Go's own name of it is `le`",
    "gte": "Go's own name of it is `ge`",
    "equal": "Go's own name of it is `eq`",
    "concatenate": "texts are put together by `cat`, `print` or `printf`, lists by `concat`",
    "toLower": "sprig's name of it is `lower`",
    "toUpper": "sprig's name of it is `upper`",
    "toInt": "sprig's name of it is `int`",
    "toFloat64": "sprig's name of it is `float64`",
    "sha256": "sprig's name of it is `sha256sum`",
    "base64": "sprig's names of it are `b64enc` and `b64dec`",
    "base64encode": "sprig's name of it is `b64enc`",
    "base64decode": "sprig's name of it is `b64dec`",
    "length": "Go's own name of it is `len`",
    "substring": "sprig's name of it is `substr`",
    "truncate": "sprig's name of it is `trunc`",
    "toJSON": "sprig's name of it is `toJson`",
    "fromJSON": "sprig's name of it is `fromJson`",
    "toYAML": "Argo CD's name of it is `toYaml`",
    "fromYAML": "Argo CD's name of it is `fromYaml`",
}
"""Each with one sentence, without a full stop, of what to do instead."""
