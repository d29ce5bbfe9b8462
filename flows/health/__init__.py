"""Whether this machine and this folder can run a campaign."""
