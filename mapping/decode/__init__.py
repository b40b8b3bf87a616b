"""From what was read in the cells to their values: each by itself, then all together under the checks."""
