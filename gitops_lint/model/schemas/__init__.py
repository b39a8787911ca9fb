"""JSON schemas of kinds: where they come from, how they become one closed schema, and what a resource has wrong with them."""
