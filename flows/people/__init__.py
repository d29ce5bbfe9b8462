"""People asked in Prefect's pages: a suspended run with a form for each request that waits for one of them."""
