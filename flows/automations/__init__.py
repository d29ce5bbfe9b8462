"""What Prefect's server watches for by itself while a campaign is served: its automations, kept as code."""
