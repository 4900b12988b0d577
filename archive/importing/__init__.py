"""Old reports brought in many at a time: the list that describes them, what it means, and the writing of it."""
