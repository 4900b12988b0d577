"""Lay out the Markdown sources of the example archive as the kinds of files that teams hand in.

`source` reads, `figures` draws, one module for each kind of file writes. None of them knows where a file will stand.
"""
