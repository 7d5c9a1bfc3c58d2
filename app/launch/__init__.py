"""Starting everything with one command; ``python -m app.launch`` is the way in.

Nothing below this storey knows of it: the application only ever reads addresses from its
environment, so it is the same on the PostgreSQL and Valkey started here and on a province's own.
"""
