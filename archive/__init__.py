"""What the archive is and keeps: model, records, storage, catalog, access.

The truth is the folder `documents/`. Knows nothing of `indexer` and `webui`.
"""
