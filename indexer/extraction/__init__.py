"""Turn a stored file into located text. Knows file formats, not communities; imports neither Whoosh nor Flask."""
