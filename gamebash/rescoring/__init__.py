"""Rescoring: many entries corrected as one set, with a reason, after a look at what it does to the ranks.

The ledger still only grows: a rescore is correction entries under one reference. A single entry is corrected in ``points``.
"""
