"""The data page: every row of the dataset, what is in each column, any two columns as a plot.

- `page`: DataPage, the whole; `columns`: what a column of the page is (no Qt)
- `model`: the rows; `drawing`: pictures and classes in cells; `facts`: the list of columns
- `scatter`: two columns against each other, made when it is first looked at
"""

from gradloom.ui.table.page import DataPage

__all__ = ["DataPage"]
