"""Records as tables for other programs: CSV, XLSX, Parquet, JSON lines.

`long` has a row a cell, `wide` a row a report and a column a cell. A blank, a `/`, a 0, an unreadable and a missing cell stay five
things: in `long` the kind says so, in `wide` what is not a number is written as text, and a blank is empty.

However large the archive, some thousands of rows at a time are in memory; of a workbook also its links.
"""
