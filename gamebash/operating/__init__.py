"""How teams work with operations, by date, and what came of each switch. Who was where is in ``rotation``; plans are in ``staffing``."""
