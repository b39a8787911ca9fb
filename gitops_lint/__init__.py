"""gitops-lint: policy as code for GitOps repositories."""

__version__ = "0.1.0"
