"""Training of the taggers: sentences from a grammar, corpora, models, export.

Needs the extra ``train``; nothing here is imported by the pipeline.
"""
