"""Runs somebody's program, unmodified, for so many seconds: some of Unitree's examples never end by themselves."""

import os
import subprocess
import sys

program = os.path.abspath(sys.argv[2])
try:
    subprocess.run([sys.executable, os.path.basename(program), *sys.argv[3:]], cwd=os.path.dirname(program),
                   input=b"\n", stdout=subprocess.DEVNULL, timeout=float(sys.argv[1]), check=True)
except subprocess.TimeoutExpired:
    pass
