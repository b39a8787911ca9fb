"""Text with places: bytes to text, text to nodes, nodes to values and back to places; knows no Kubernetes."""
