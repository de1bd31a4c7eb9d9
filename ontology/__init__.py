"""The vocabulary: ``tanpu.ttl`` (OWL), ``shapes.ttl`` (SHACL), ``terms.py`` (for Python)."""
