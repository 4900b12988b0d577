"""Handing in: drafts outside the tree, the way into it, versions, approval, and who may."""
