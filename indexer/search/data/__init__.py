"""Word lists that are shipped, with how they were made; see the README in this folder."""
