"""Changing records in the browser: projects, documents, communities, questions, organisations and themes."""
