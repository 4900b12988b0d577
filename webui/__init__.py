"""Show the archive: pages, the JSON API and the server. The only package that knows HTTP."""
