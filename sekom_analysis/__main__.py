"""``python -m sekom_analysis`` is ``sekom``."""

from sekom_analysis.cli import main

if __name__ == "__main__":  # a second process that draws figures loads this file too
    main()
