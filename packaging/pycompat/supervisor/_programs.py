"""Runs a program of swift-circus in the place of this one."""
import os
import sys


def become(name):
    beside = os.path.join(os.path.dirname(sys.executable), name)
    program = beside if os.access(beside, os.X_OK) else name
    os.execvp(program, [name] + sys.argv[1:])
