"""Links out: what the things of the graph are called in other datasets.

``service`` reads what a reconciliation service says, ``client`` asks it, ``cache`` remembers
its answers, ``policy`` judges them, ``links`` brings judgements and people's decisions together
and writes them as a graph, ``linker`` does all of it for a store. ``authority`` gives the links
of the tables that the project carries.
"""
