"""How measurements get done."""
