"""What a person sees: records as tables in the terminal, and page pictures with every cell marked."""
