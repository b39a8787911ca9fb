"""The text that `rules new` writes: a rule that passes `rules check` and fails `rules test` until it is filled in."""

from __future__ import annotations

_SKELETON = '''\
# The language is explained in the manual; `gitops-lint rules vocabulary` lists what a rule may ask.
rule NAME {
  title    "One line that names what this rule reports"
  group    suspicious
  severity warning
  tags     AREA
  what     "Say what is reported, and what is left alone."
  why      "Say what the real system does with it."
  instead  "Say what to write instead."
  source   "Say where the claim can be checked: repository, path and version."

  for each Deployment as it
  when    it.spec.replicas is present
  require it.spec.replicas > 1
    else report "{it.name} runs {it.spec.replicas} replica"
      at it.spec.replicas

  bad "what is reported" {
    """
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: web
      spec:
        replicas: 1
    """
    expect "spec.replicas" covers "1" message "write here what the rule says"
  }

  good "what is left alone, as close to the bad one as can be" {
    """
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: web
      spec:
        replicas: 2
    """
  }
}
'''


def skeleton(area: str, id: str) -> str:
    """The text of a new rule file."""
    return _SKELETON.replace("AREA", area).replace("NAME", id)
