"""Keep pytest from importing what is run as a program: the script that lays out, and what the archive's documents bring."""

collect_ignore_glob = ["build.py", "*/[0-9]*/*"]
