"""Does a fix hold: watches from the deploy, held bonus and clawback, late thanks. What a fix pays at once is ``points``."""
