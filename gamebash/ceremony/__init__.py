"""The end of an event: judging, awards and corrections, closing, cancelling. Playing it is ``play``."""
