"""A rule as SARIF describes it, with what GitHub's code scanning asks of a rule."""

from __future__ import annotations

from typing import Literal

import sarif_om as sarif

from gitops_lint.findings import RuleCard, Severity

# GitHub refuses longer ones
_LONGEST_DESCRIPTION = 1024
_LONGEST_NAME = 255
_SHOWN_TAGS = 10
_LEVELS: dict[Severity, Literal["note", "warning", "error"]] = {
    Severity.INFO: "note",
    Severity.WARNING: "warning",
    Severity.ERROR: "error",
}
_RECOMMENDATION = {Severity.INFO: "recommendation", Severity.WARNING: "warning", Severity.ERROR: "error"}
# GitHub's scale: 7.0 to 8.9 high, 4.0 to 6.9 medium, 0.1 to 3.9 low. A string, and it makes the rule a security rule
_SECURITY = {Severity.INFO: "3.0", Severity.WARNING: "5.5", Severity.ERROR: "8.0"}


def level(severity: Severity) -> Literal["note", "warning", "error"]:
    """The SARIF word for a severity."""
    return _LEVELS[severity]


def descriptor(card: RuleCard) -> object:
    """The reportingDescriptor of a rule; no text in it is empty, since GitHub refuses those."""
    title = card.title or card.id
    name = "".join(word.capitalize() for word in card.id.split("-"))[:_LONGEST_NAME]
    return sarif.ReportingDescriptor(
        id=card.id,
        # SARIF forbids a name that is the id again, which an id of one word would make
        name=None if name.lower() == card.id else name,
        short_description=sarif.MultiformatMessageString(text=_within(_sentence(title))),
        full_description=sarif.MultiformatMessageString(text=_within(_sentence(card.what or title))),
        help=sarif.MultiformatMessageString(text=_text(card), markdown=_markdown(card)),
        help_uri=card.url or None,
        default_configuration=sarif.ReportingConfiguration(level=level(card.severity)),
        properties=_properties(card),
    )


def _properties(card: RuleCard) -> dict[str, object]:
    """`security` as tag and a score only for real security rules; others say how bad they are as a problem."""
    properties: dict[str, object] = {"precision": card.confidence}
    tags = [card.area, card.group, *card.tags]
    if card.group == "security":
        properties["security-severity"] = _SECURITY[card.severity]
    else:
        tags = [tag for tag in tags if tag != "security"]
        properties["problem.severity"] = _RECOMMENDATION[card.severity]
    properties["tags"] = list(dict.fromkeys(tags))[:_SHOWN_TAGS]
    return properties


def _text(card: RuleCard) -> str:
    parts = [card.what or card.title or card.id, card.why, card.instead and f"Instead: {card.instead}"]
    if card.sources:
        parts.append(f"Source: {'; '.join(card.sources)}")
    return "\n\n".join(part for part in parts if part)


def _markdown(card: RuleCard) -> str:
    parts = [f"# {card.title or card.id}", card.what]
    parts += [f"## {head}\n\n{text}" for head, text in (("Why", card.why), ("Instead", card.instead)) if text]
    if card.sources:
        parts.append("## Source\n\n" + "\n".join(f"- {source}" for source in card.sources))
    parts.append(f"`gitops-lint explain {card.id}` says more, with examples.")
    return "\n\n".join(part for part in parts if part)


def _within(text: str) -> str:
    return text if len(text) <= _LONGEST_DESCRIPTION else text[: _LONGEST_DESCRIPTION - 1] + "…"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."
