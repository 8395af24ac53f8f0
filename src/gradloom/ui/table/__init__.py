"""The data page: every row of the dataset, what is in each column, any two columns as a plot.

- `page`: DataPage, the whole; `columns`: what a column of the page is (no Qt)
- `rows` with `model`: the rows as a table; `facts`: the list of columns
- `pictures`: rows that are pictures, and which of them are shown; `gallery` with `tile`: them
- `scatter`: two columns against each other, made when it is first looked at
"""

from gradloom.ui.table.page import DataPage

__all__ = ["DataPage"]
