"""Where a person is named in files and texts."""
