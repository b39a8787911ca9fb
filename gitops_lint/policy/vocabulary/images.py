"""Images that pods run, as far as nothing outside of the manifest writes them anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitops_lint.dsl.types import BOOL, TEXT, Field, ListType
from gitops_lint.dsl.world import Fact, Part, Value
from gitops_lint.model.images import image_of
from gitops_lint.model.kubernetes import containers, pod_spec, pod_template
from gitops_lint.model.resource import Resource
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.scalars import entries, get, items, templated, text_of

RUN_IMAGE = record(
    "RunImage",
    {
        "image": Field(TEXT, optional=False, doc="as it is written"),
        "name": Field(TEXT, optional=False, doc="without tag and digest"),
        "tag": Field(TEXT, optional=False, doc="the tag, or empty"),
        "digest": Field(TEXT, optional=False, doc="the digest, or empty"),
        "once": Field(BOOL, optional=False, doc="whether it belongs to a Job, which runs to its end once"),
    },
    doc="an image of a container; it points at the tag, or at the whole where there is none",
)

# who writes images into objects that are in the cluster
_TRIGGERS = ("image.openshift.io/triggers", "alpha.image.policy.openshift.io/resolve-names")
_UPDATER = "argocd-image-updater.argoproj.io/"
_INJECTED = ("inject.istio.io/templates", "sidecar.istio.io/inject")


@attribute("workload", "runImages", returns=ListType(RUN_IMAGE), needs={"index"})
def run_images(subject: Subject, repo: Repo) -> Sequence[Value]:
    """
    The images of its containers, each once; without those that somebody else sets: kustomizations, Applications with
    `kustomize.images`, Argo CD Image Updater, OpenShift's image triggers, the injector of Istio.
    """
    who, root = resource_of(subject), subject.root
    if root is None or any(key in who.annotations for key in _TRIGGERS):
        return ()
    replaced = repo.once(_replaced)
    if None in replaced:
        return ()
    built = repo.roles.of(who.file).built
    found: dict[str, Fact] = {}
    for container in containers(pod_spec(who.kind, root)):
        written = get(container, "image")
        if not isinstance(written, Scalar) or templated(written.text) or written.text in found:
            continue
        image = image_of(written.text)
        if image is None or image.name in replaced or (image.name == "auto" and _is_injected(who.kind, root)):
            continue
        if built and image.name == text_of(get(container, "name")):
            continue  # such a name stands in for the image that a layer above is to set
        fields: dict[str, Value] = {
            "image": written.text,
            "name": image.name,
            "tag": image.tag,
            "digest": image.digest,
            "once": who.kind == "Job",
        }
        at = Part(written, image.tag_start, image.tag_start + len(image.tag)) if image.tag else written
        found[written.text] = Fact("RunImage", at, fields)
    return tuple(found.values())


def _is_injected(kind: str, root: Node) -> bool:
    metadata = get(pod_template(kind, root), "metadata")
    return any(key in _INJECTED for field in ("annotations", "labels") for key, _, _ in entries(get(metadata, field)))


# ---- what Argo CD sets


def _replaced(repo: Repo) -> frozenset[str | None]:
    """Names of images that some Application or Image Updater sets; None where such a name is a template."""
    return frozenset(_all_replaced(repo))


def _all_replaced(repo: Repo) -> Iterator[str | None]:
    for kind in ("Application", "ApplicationSet"):
        for resource in repo.resources("argoproj.io", kind):
            yield from (_name(text) for text in _of_application(resource))
    for resource in repo.resources("argocd-image-updater.argoproj.io", "ImageUpdater"):
        for application in items(get(get(resource.root, "spec"), "applicationRefs")):
            for image in items(get(application, "images")):
                yield _name(text_of(get(image, "imageName")) or "")


def _of_application(resource: Resource) -> Iterator[str]:
    root: Node = resource.root
    roots: list[Node] = [root]
    template = get(get(root, "spec"), "template")
    if resource.kind == "ApplicationSet" and isinstance(template, Mapping):
        roots.append(template)
    for each in roots:
        for key, _, value in entries(get(get(each, "metadata"), "annotations")):
            if key == f"{_UPDATER}image-list":
                yield from (one.strip().rpartition("=")[2] for one in (text_of(value) or "").split(",") if one.strip())
        spec = get(each, "spec")
        for source in (get(spec, "source"), *items(get(spec, "sources"))):
            for image in items(get(get(source, "kustomize"), "images")):
                yield (text_of(image) or "").partition("=")[0]


def _name(text: str) -> str | None:
    if templated(text):
        return None
    image = image_of(text)
    return image.name if image is not None else ""
