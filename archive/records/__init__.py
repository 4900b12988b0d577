"""Records: what people wrote beside the files, read, put together, and changed."""
