"""What people decided, kept as text under version control.

``file`` reads and writes it, ``conflicts`` finds what contradicts itself, ``review`` lists what
waits for a decision.
"""
