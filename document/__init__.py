"""What flows between the stages: errors, geometry, pages, tables, readings, the record."""
