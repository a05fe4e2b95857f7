"""What others decided, in tables of any program: a row a decision, or a column a coder.

`proposing` says what each column seems to be, in a map for a person to go
through; `taking` takes the decisions as the map says.
"""

from __future__ import annotations
