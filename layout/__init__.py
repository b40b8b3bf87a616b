"""Where things are on a page: ink, rulings, grids, the lines inside a cell."""
