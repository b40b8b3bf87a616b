"""What it means: forms as data, labels matched to them, values, checks."""
