"""Errors whose text is written for the person who runs the warehouse."""


class BaocaoError(Exception):
    """Something a person can mend; the command line shows the text as it is and exits 1."""


class NotRetryable(BaocaoError):
    """Trying again changes nothing until a person has mended something; Airflow's tasks fail at once."""


class WrongCall(NotRetryable):
    """The call itself is wrong (an unknown programme, a bad timestamp); the command line exits 2."""
