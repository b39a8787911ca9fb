"""How fast gitops-lint is, measured on a repository that anyone can make; `benchmarks/README.md` says how."""
