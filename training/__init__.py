"""Training of the models that gouji ships; needs the extra `train`, and nothing of it is needed to run gouji."""
