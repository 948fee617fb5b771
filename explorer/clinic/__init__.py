"""The loss clinic: ten mistakes that people make in this very code, trained for real, each beside the healthy run.

faults.py        a record for each mistake: its line of code, where its run differs, the four answers to choose from
broken.py        the mistakes themselves, each a small change of the project's own loss or training step
runs.py          trains a run and records it; `python -m explorer.clinic` makes all recordings again
recordings.py    opens a recording and computes its figures, without torch
"""
