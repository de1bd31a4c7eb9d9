"""``SERVICE`` clauses that name an endpoint which the operator allows.

The engine has no way to let somebody else evaluate a part of a query. So the part is asked for
before: ``text`` finds the clauses and writes their solutions in their place, ``exchange`` asks an
endpoint, ``addresses`` says where it may be, ``solutions`` reads what it answers, and ``runner``
does it all around another runner of queries.

Source: W3C Recommendation SPARQL 1.1 Federated Query.
"""
