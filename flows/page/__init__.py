"""The live page of a campaign, on loopback."""
