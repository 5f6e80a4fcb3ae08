"""NumPy for scripts of this folder; imported after all else of it: from with_numpy import numpy."""
import os
import sys

sys.path.pop(0)  # NumPy imports `numbers`, which this folder has as well
try:
    import numpy  # noqa: F401
except ImportError:  # not every python3 has the NumPy of the system's package
    system = "/usr/bin/python3"
    if sys.executable == system or not os.access(system, os.X_OK):
        raise
    os.execv(system, [system, *sys.argv])
