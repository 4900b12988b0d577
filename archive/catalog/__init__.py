"""The catalog: what the archive holds, quick to look up, for one reader at a time."""
