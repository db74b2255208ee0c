"""Where `make test-zoo` puts the libraries that are tried."""

import sys
from pathlib import Path

PACKAGES = str(Path(__file__).parents[2] / '.venv-zoo')
if PACKAGES not in sys.path:
    sys.path.append(PACKAGES)  # behind our own environment, whose packages come first
