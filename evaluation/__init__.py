"""How right records are, measured against the truth."""
