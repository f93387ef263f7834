"""Why a packet is not in a flow: one table of reasons, by code for the compiled stages."""

REFUSALS = (
    ("truncated_record", "the file ends inside the record"),
    ("record_length_beyond_limit", "the record claims more octets than a packet can have"),
    ("block_damaged", "a block or record has an impossible length, type or byte order"),
    ("unknown_interface", "the packet names an interface that the section has not described"),
    ("packet_beyond_block", "the packet claims more octets than its block has"),
    ("timestamp_beyond_range", "the time does not fit nanoseconds since 1970"),
    ("compression_damaged", "the compressed stream is cut or corrupt"),
    ("not_ip", "the frame carries no IP"),
    ("truncated_frame", "the frame ends inside the link or IP header"),
    ("bad_ip_header", "the IP header has a wrong version or length"),
    ("encrypted_frame", "the frame's payload is encrypted below IP"),
)
"""Name and meaning; the position is the code. Unknown link types are counted beside these."""

(
    TRUNCATED_RECORD,
    RECORD_LENGTH_BEYOND_LIMIT,
    BLOCK_DAMAGED,
    UNKNOWN_INTERFACE,
    PACKET_BEYOND_BLOCK,
    TIMESTAMP_BEYOND_RANGE,
    COMPRESSION_DAMAGED,
    NOT_IP,
    TRUNCATED_FRAME,
    BAD_IP_HEADER,
    ENCRYPTED_FRAME,
) = range(len(REFUSALS))
