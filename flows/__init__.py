"""When things happen: Prefect flows, deployments, the command line."""
