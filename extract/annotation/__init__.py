"""The correction loop: extractions to and from the standoff files that annotation tools open.

``schema`` says what a fact of each type is made of, ``rows`` reads the exchange format,
``standoff`` and ``notes`` are the file format, ``mapping`` goes between the two, ``folder``
reads and writes the files, ``gold`` writes the annotation guidelines' own form, and
``commands`` holds the verbs. How a person uses it stands in ``docs/annotation.md``.
"""
