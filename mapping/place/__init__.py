"""Tables without rulings: the form's rows and columns found among the words of a page."""
