"""Which references of which documents are one entity."""
