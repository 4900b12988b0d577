"""An academic year of the network in figures."""
