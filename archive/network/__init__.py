"""The network: organisations and the people to ask."""
