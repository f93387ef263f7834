"""Functions of S7comm: of jobs, of program invocations and of user data.

Siemens has published none; the codes are those that tools for its controllers agree on.
"""

from sensors.protocol.industry.function import (
    DOWNLOAD,
    OTHER,
    READ,
    RESTART,
    START,
    STOP,
    UPLOAD,
    WRITE,
    functions,
)

READ_VAR, WRITE_VAR, START_UPLOAD = 0x04, 0x05, 0x1D
BLOCK_FUNCTIONS = (0x1A, 0x1B, 0x1C, START_UPLOAD)
"""Jobs that name a block."""
INVOCATION, PASSWORD, SYSTEM_STATE = 0x28, (5, 1), (4, 1)

JOBS = functions(
    "s7comm",
    {
        0x00: ("cpu_services", OTHER),
        0xF0: ("setup_communication", OTHER),
        READ_VAR: ("read_var", READ),
        WRITE_VAR: ("write_var", WRITE),
        0x1A: ("request_download", DOWNLOAD),
        0x1B: ("download_block", DOWNLOAD),
        0x1C: ("download_ended", DOWNLOAD),
        START_UPLOAD: ("start_upload", UPLOAD),
        0x1E: ("upload", UPLOAD),
        0x1F: ("end_upload", UPLOAD),
        INVOCATION: ("pi_service", OTHER),
        0x29: ("plc_stop", STOP),
    },
)

INVOCATIONS = functions(
    "s7comm",
    {
        b"P_PROGRAM": ("plc_start", START),
        b"_INSE": ("insert_block", DOWNLOAD),
        b"_INS2": ("insert_block", DOWNLOAD),
        b"_DELE": ("delete_block", WRITE),
        b"_GARB": ("compress_memory", WRITE),
        b"_MODU": ("copy_ram_to_rom", WRITE),
    },
)
"""Program invocations by their service."""

USER_FUNCTIONS = functions(
    "s7comm",
    {
        (1, 7): ("force_selection", READ),
        (1, 8): ("modify_variable", WRITE),
        (1, 9): ("force", WRITE),
        (1, 10): ("breakpoint", STOP),
        (1, 11): ("exit_hold", START),
        (1, 12): ("memory_reset", RESTART),
        (1, 13): ("disable_job", WRITE),
        (1, 14): ("enable_job", WRITE),
        (1, 15): ("delete_job", WRITE),
        (1, 18): ("replace_job", WRITE),
        (2, 1): ("cyclic_transfer", READ),
        (2, 4): ("cyclic_unsubscribe", OTHER),
        (3, 1): ("list_blocks", READ),
        (3, 2): ("list_blocks_of_type", READ),
        (3, 3): ("get_block_info", READ),
        SYSTEM_STATE: ("read_system_state_list", READ),
        (4, 2): ("message_service", OTHER),
        (4, 11): ("alarm_acknowledge", WRITE),
        (4, 19): ("alarm_query", READ),
        PASSWORD: ("plc_password", OTHER),
        (5, 2): ("clean_session", OTHER),
        (7, 1): ("read_clock", READ),
        (7, 2): ("set_clock", WRITE),
        (7, 3): ("read_clock", READ),
        (7, 4): ("set_clock", WRITE),
        (15, 1): ("nc_request_download", DOWNLOAD),
        (15, 2): ("nc_download_block", DOWNLOAD),
        (15, 3): ("nc_continue_download", DOWNLOAD),
        (15, 4): ("nc_download_ended", DOWNLOAD),
        (15, 6): ("nc_start_upload", UPLOAD),
        (15, 7): ("nc_upload", UPLOAD),
        (15, 8): ("nc_continue_upload", UPLOAD),
    },
)
"""Functions of user data, by group and number."""

GROUPS = functions(
    "s7comm",
    {
        0: ("mode_transition", OTHER),
        1: ("programmer_commands", OTHER),
        2: ("cyclic_services", OTHER),
        3: ("block_functions", OTHER),
        4: ("cpu_functions", OTHER),
        5: ("security", OTHER),
        6: ("block_transfer", OTHER),
        7: ("time_functions", OTHER),
        15: ("nc_programming", OTHER),
    },
)
"""What functions that are not listed belong to."""

BLOCKS = {
    b"08": "OB", b"0A": "DB", b"0B": "SDB", b"0C": "FC", b"0D": "SFC", b"0E": "FB", b"0F": "SFB",
}  # fmt: skip

AREAS = {
    0x03: "SYS", 0x05: "SM", 0x06: "AI", 0x07: "AQ", 0x1C: "C", 0x1D: "T", 0x1E: "C", 0x1F: "T",
    0x80: "P", 0x81: "I", 0x82: "Q", 0x83: "M", 0x84: "DB", 0x85: "DI", 0x86: "L", 0x87: "V",
}  # fmt: skip
"""Areas of memory by the letters that engineers write."""

RESULTS = {
    0x01: "hardware_error",
    0x03: "access_denied",
    0x05: "address_out_of_range",
    0x06: "type_not_supported",
    0x07: "type_inconsistent",
    0x0A: "object_does_not_exist",
}
"""How an item of a read or a write came out, if not well."""
