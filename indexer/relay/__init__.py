"""What texts tell about the relay: prior work, proposed links and answers, words of the trade."""
