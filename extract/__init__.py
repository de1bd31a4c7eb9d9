"""From text to facts: reading, tagging, components and the facts of one document."""
