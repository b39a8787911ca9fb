"""Go's text/template with the functions of ApplicationSets: read once, run often, bounded, the same on every machine."""
