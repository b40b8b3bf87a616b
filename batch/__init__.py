"""Many documents: inputs found, each digitized in a worker process with a time limit."""
