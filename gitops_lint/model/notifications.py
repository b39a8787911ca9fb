"""
The configuration of Argo CD's notifications: services, triggers, templates, subscriptions, and what annotations subscribe to.

Source: argoproj/notifications-engine pkg/api/config.go ParseConfig, pkg/triggers, pkg/services, pkg/subscriptions;
argo-cd util/notification/settings.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from gitops_lint.dataclass import dataclass
from gitops_lint.model.argocdcm import inner_yaml
from gitops_lint.text.mistakes import Mistake
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.scalars import MISSING, entries, get

CONFIG_MAP = "argocd-notifications-cm"
SECRET = "argocd-notifications-secret"
DOMAIN = "notifications.argoproj.io"
LEGACY = "argocd-notifications.argoproj.io"

Part = Literal["service", "trigger", "template", "defaultTriggers", "subscriptions", "context"]

_CONNECTIONS = ("idleConnTimeout", "maxConnsPerHost", "maxIdleConns", "maxIdleConnsPerHost")
_SERVICE_WORDS = {
    "alertmanager": "apiPath basicAuth bearerToken scheme targets timeout insecureSkipVerify",
    "awssqs": "account endpointUrl key queue region secret",
    "email": "from host html insecure_skip_verify password port username",
    "gcppubsub": "",
    "github": "appID enterpriseBaseURL insecureSkipVerify installationID privateKey",
    "googlechat": "insecureSkipVerify webhooks",
    "grafana": "apiKey apiUrl insecureSkipVerify",
    "mattermost": "apiURL insecureSkipVerify token",
    "nats": "headers nkey password url username",
    "newrelic": "apiKey apiURL insecureSkipVerify",
    "opsgenie": "apiKeys apiUrl insecureSkipVerify",
    "pagerduty": "from serviceId token",
    "pagerdutyv2": "serviceKeys",
    "pushover": "token",
    "rocketchat": "alias avatar email icon password serverUrl",
    "slack": "apiURL channels disableUnfurl icon insecureSkipVerify signingSecret token username",
    "teams": "insecureSkipVerify recipientUrls",
    "teams-workflows": "",
    "telegram": "token",
    "webex": "apiURL insecureSkipVerify token",
    "webhook": "basicAuth headers insecureSkipVerify retryMax retryWaitMax retryWaitMin url",
}
SERVICES = {name: (*words.split(), *_CONNECTIONS) if words else () for name, words in _SERVICE_WORDS.items()}
"""Type of a service to the options it reads; an empty tuple where they are not known."""

TEMPLATE_FIELDS = (
    "alertmanager",
    "awssqs",
    "email",
    "gcppubsub",
    "github",
    "googlechat",
    "mattermost",
    "message",
    "newrelic",
    "opsgenie",
    "pagerduty",
    "pagerdutyv2",
    "rocketchat",
    "slack",
    "teams",
    "teams-workflows",
    "webhook",
)
CONDITION_FIELDS = ("description", "oncePer", "send", "when")
SUBSCRIPTION_FIELDS = ("recipients", "selector", "triggers")
ANNOTATION_FIELDS = ("destinations", "trigger")
# What the catalog brings, which an installation may merge into the ConfigMap. Source: argo-cd notifications_catalog/install.yaml.
CATALOG_TRIGGERS = frozenset(
    [
        "on-created",
        "on-deleted",
        "on-deployed",
        "on-health-degraded",
        "on-sync-failed",
        "on-sync-running",
        "on-sync-status-unknown",
        "on-sync-succeeded",
    ]
)
CATALOG_TEMPLATES = frozenset(
    [
        "app-created",
        "app-deleted",
        "app-deployed",
        "app-health-degraded",
        "app-sync-failed",
        "app-sync-running",
        "app-sync-status-unknown",
        "app-sync-succeeded",
    ]
)
ENVIRONMENT = frozenset(("app", "appProject", "context", "repo", "secrets", "strings", "time"))


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One key of the ConfigMap. name: what follows `trigger.`, `template.`; of a service its last part; of defaultTriggers
    the service. type: of a service. root: the YAML of its text, None where that cannot be read (then mistakes say why).
    """

    part: Part
    name: str
    key: Scalar
    value: Scalar
    root: Node | None
    mistakes: tuple[Mistake, ...] = ()
    type: str = ""


@dataclass(frozen=True, slots=True)
class Configuration:
    """All keys of a ConfigMap. complete: nothing else adds keys to it."""

    entries: tuple[Entry, ...]
    complete: bool

    def named(self, part: Part) -> dict[str, Entry]:
        return {one.name: one for one in self.entries if one.part == part}

    @property
    def partial(self) -> bool:
        """Whether it can do nothing alone, as it has no service: then the rest, the catalog too, comes from elsewhere."""
        return not any(one.part == "service" for one in self.entries)

    @property
    def context(self) -> frozenset[str]:
        """Keys that `context` defines."""
        return frozenset(
            key for one in self.entries if one.part == "context" for key, _, _ in entries(one.root or MISSING)
        )


def configuration(data: Mapping, complete: bool) -> Configuration:
    """The configuration in the data of argocd-notifications-cm."""
    return Configuration(tuple(_entries(data)), complete and not data.open)


def _entries(data: Mapping) -> Iterator[Entry]:
    for key, node, value in entries(data):
        if not isinstance(node, Scalar) or not isinstance(value, Scalar):
            continue
        head, _, rest = key.partition(".")
        part: Part
        type_ = ""
        if head in ("trigger", "template") and rest:
            part, name = ("trigger" if head == "trigger" else "template"), rest
        elif head == "service" and rest:
            part, type_, name = "service", rest.partition(".")[0], rest.rpartition(".")[2]
        elif key == "defaultTriggers" or head == "defaultTriggers":
            part, name = "defaultTriggers", rest
        elif key == "subscriptions":
            part, name = "subscriptions", ""
        elif key == "context":
            part, name = "context", ""
        else:
            continue
        root, mistakes = inner_yaml(value)
        yield Entry(part, name, node, value, root, tuple(mistakes), type_)


def chart_data(root: Node) -> Iterator[Mapping]:
    """The mappings of values of the argo-cd chart that end as keys of argocd-notifications-cm."""
    for one in (root, get(root, "argo-cd"), get(root, "argocd")):
        notifications = get(one, "notifications")
        for name in ("notifiers", "templates", "triggers"):
            found = get(notifications, name)
            if isinstance(found, Mapping):
                yield found


@dataclass(frozen=True, slots=True)
class Subscription:
    """
    What one annotation subscribes to. trigger: "" for the default ones. trigger_at, service_at: offsets in the key's text.
    """

    key: Scalar
    value: Node
    trigger: str
    service: str
    trigger_at: tuple[int, int]
    service_at: tuple[int, int]


def subscription_of(key: Scalar, value: Node) -> Subscription | None:
    """
    The subscription that an annotation `notifications.argoproj.io/subscribe.…` makes; None for other annotations.

    Source: notifications-engine pkg/subscriptions/annotations.go.
    """
    prefix = f"{DOMAIN}/subscribe."
    if not key.text.startswith(prefix):
        return None
    rest = key.text[len(prefix) :]
    parts = rest.split(".")
    start = len(prefix)
    if len(parts) == 1:
        return Subscription(key, value, "", parts[0], (start, start), (start, start + len(rest)))
    first = (start, start + len(parts[0]))
    second = (first[1] + 1, first[1] + 1 + len(parts[1]))
    return Subscription(key, value, parts[0], parts[1], first, second)
