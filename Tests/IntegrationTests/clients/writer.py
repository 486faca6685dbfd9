"""Prints numbered lines without end; in bursts now and then, as programs do."""

import itertools
import select
import sys

for number in itertools.count(1):
    sys.stdout.write("%d of many\n" % number)
    sys.stdout.flush()
    if number % 97:
        select.select([], [], [], 0.0005)
