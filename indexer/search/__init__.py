"""Find deliverables and the pages in them: Dutch analysis, the query language, the engine behind one interface."""
