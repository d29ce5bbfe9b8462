"""Telling people what happened to a campaign, once, by the ways of ``[notify]``."""
