"""CustomResourceDefinitions: most of the bytes of a GitOps repository, with schemas as deep as generated ones are."""

from __future__ import annotations

import random

_NAMES_TEXT = """
    endpoint selector template policy source target credentials timeout retries interval schedule mode
    strategy volume claim image command environment labels annotations account region bucket prefix query
    filter limits requests affinity toleration probe port protocol path host certificate issuer secret key
    version status reason
"""
_WORDS_TEXT = """
    specifies the name of the object that is used when the controller reconciles it and no other value is
    given by default this field is optional must be unique within a namespace cannot be updated more info
    about resources that are selected may be empty in which case all of them match if set to true the
    operation is skipped
"""
_NAMES = tuple(_NAMES_TEXT.split())
_WORDS = tuple(_WORDS_TEXT.split())


def definition(kind: str, group: str, rng: random.Random, size: int) -> str:
    """A CustomResourceDefinition of about so many bytes."""
    singular = kind.lower()
    return f"""apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: {singular}s.{group}
  annotations:
    controller-gen.kubebuilder.io/version: v0.19.0
spec:
  group: {group}
  names:
    kind: {kind}
    listKind: {kind}List
    plural: {singular}s
    singular: {singular}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      additionalPrinterColumns:
        - jsonPath: .metadata.creationTimestamp
          name: Age
          type: date
      schema:
        openAPIV3Schema:
          description: {_sentence(rng, 12)}
          type: object
          properties:
            apiVersion:
              type: string
            kind:
              type: string
            metadata:
              type: object
            spec:
              type: object
              properties:
                mode:
                  type: string
                  enum:
                    - Automatic
                    - Manual
{_properties(rng, size - 1000)}            status:
              type: object
              x-kubernetes-preserve-unknown-fields: true
      subresources:
        status: {{}}
"""


def instance(kind: str, group: str, name: str, rng: random.Random) -> str:
    """A valid object of that kind."""
    return f"""apiVersion: {group}/v1
kind: {kind}
metadata:
  name: {name}
spec:
  mode: {rng.choice(("Automatic", "Manual"))}
"""


def _properties(rng: random.Random, size: int) -> str:
    """Properties below `spec`, until there are so many bytes; nested up to six deep."""
    lines: list[str] = []
    used = 0
    number = 0
    while used < size:
        number += 1
        for line in _property(f"{rng.choice(_NAMES)}{number}", rng, 16, 0):
            lines.append(line)
            used += len(line) + 1
    return "".join(f"{line}\n" for line in lines)


def _property(name: str, rng: random.Random, indent: int, depth: int) -> list[str]:
    pad = " " * indent
    lines = [f"{pad}{name}:", f"{pad}  description: |-"]
    lines += [f"{pad}    {_sentence(rng, rng.randint(6, 14))}" for _ in range(rng.randint(1, 3))]
    # deep trees are rare, so that a definition has many fields and not one endless one
    shape = rng.choice(("object", "object", "array", "string", "integer")) if depth < 6 else "string"
    lines.append(f"{pad}  type: {shape}")
    if shape == "object":
        lines.append(f"{pad}  properties:")
        for inner in rng.sample(_NAMES, rng.randint(1, 3)):
            lines += _property(inner, rng, indent + 4, depth + 1)
    elif shape == "array":
        lines += [f"{pad}  items:", f"{pad}    type: string"]
    elif shape == "integer":
        lines.append(f"{pad}  format: int32")
    elif rng.random() < 0.3:
        lines += [f"{pad}  maxLength: {rng.choice((63, 253))}", f"{pad}  minLength: 1"]
    return lines


def _sentence(rng: random.Random, words: int) -> str:
    return " ".join(rng.choices(_WORDS, k=words))
