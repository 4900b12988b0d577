"""Read the deliverables and make them searchable.

Knows `archive`; knows nothing of `webui`.
"""
