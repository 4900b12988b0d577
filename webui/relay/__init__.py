"""Pages of the relay: agenda, open ends, prior work, handovers, decisions."""
