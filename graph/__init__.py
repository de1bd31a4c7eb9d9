"""From facts to a validated, stored graph, and back by SPARQL."""
