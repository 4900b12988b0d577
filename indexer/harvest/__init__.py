"""Find the open ends that the authors of a report hand on. Pure: text in, items out; knows no files and no catalog."""
