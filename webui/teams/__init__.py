"""A teacher's teams on one screen: what each has in the archive, what is missing, and handing in for all of them."""
