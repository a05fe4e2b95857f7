"""``python -m sekom_analysis`` is ``sekom``."""

from sekom_analysis.cli import main

main()
