"""Arrays of the DNS parser."""

import numpy as np

MESSAGE = np.dtype(
    [
        ("slice", np.int64),  # number of the slice that it came in
        ("number", np.int64),  # of the message in its flow
        ("name_end", np.int64),  # where its name ends in the text
        ("id", np.int64),
        ("type", np.int64),  # type of the question, NO_QUESTION without one
        ("code", np.int64),  # response code
        ("answers", np.int64),
        ("is_answer", np.bool_),
    ],
    align=True,
)
"""One DNS message; its name stands in the text where the one before it ends."""

NO_QUESTION = 65_536
"""Type of a message without a question."""

REFUSALS = ("too_short", "opcode", "questions", "name", "question", "length")
"""Why a payload on the DNS port gave no message, by code."""
TOO_SHORT, OPCODE, QUESTIONS, NAME, QUESTION, LENGTH = range(len(REFUSALS))

NAME_TEXT_LIMIT = 1020
"""Longest text of a name: 255 octets, each of which may need four characters."""
SLICE_MESSAGES = 300
"""No slice holds more messages: 4,096 octets of at least 14."""
