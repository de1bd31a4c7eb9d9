"""Benchmarks: medians of ours and of a peer in the same run, and their ratio.

``python -m bench`` runs them all, ``python -m bench --smoke`` a small version of each that
only shows that they run. Read the ratios, not the times: machines differ, ratios less so.
"""
