"""Benchmarks, run by hand with ``make bench``. They print ratios of one run on one machine and assert no times."""
