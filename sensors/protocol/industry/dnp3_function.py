"""Functions of DNP3 (IEEE 1815-2012, 4.2.2 and 9.2.4), its indications and relay outputs."""

from sensors.protocol.industry.function import OTHER, READ, RESTART, START, STOP, WRITE, functions

CONFIRM, RESPONSE, UNSOLICITED, AUTHENTICATE_RESPONSE = 0, 129, 130, 131
ANSWERS = (RESPONSE, UNSOLICITED, AUTHENTICATE_RESPONSE)
"""Functions with internal indications behind them."""

FUNCTIONS = functions(
    "dnp3",
    {
        CONFIRM: ("confirm", OTHER),
        1: ("read", READ),
        2: ("write", WRITE),
        3: ("select", WRITE),
        4: ("operate", WRITE),
        5: ("direct_operate", WRITE),
        6: ("direct_operate_no_ack", WRITE),
        7: ("immediate_freeze", WRITE),
        8: ("immediate_freeze_no_ack", WRITE),
        9: ("freeze_and_clear", WRITE),
        10: ("freeze_and_clear_no_ack", WRITE),
        11: ("freeze_at_time", WRITE),
        12: ("freeze_at_time_no_ack", WRITE),
        13: ("cold_restart", RESTART),
        14: ("warm_restart", RESTART),
        15: ("initialize_data", WRITE),
        16: ("initialize_application", WRITE),
        17: ("start_application", START),
        18: ("stop_application", STOP),
        19: ("save_configuration", WRITE),
        20: ("enable_unsolicited", WRITE),
        21: ("disable_unsolicited", WRITE),
        22: ("assign_class", WRITE),
        23: ("delay_measurement", OTHER),
        24: ("record_current_time", WRITE),
        25: ("open_file", OTHER),
        26: ("close_file", OTHER),
        27: ("delete_file", WRITE),
        28: ("get_file_information", READ),
        29: ("authenticate_file", OTHER),
        30: ("abort_file", OTHER),
        31: ("activate_configuration", WRITE),
        32: ("authenticate_request", OTHER),
        33: ("authenticate_request_no_ack", OTHER),
        RESPONSE: ("response", OTHER),
        UNSOLICITED: ("unsolicited_response", OTHER),
        AUTHENTICATE_RESPONSE: ("authenticate_response", OTHER),
    },
)

LINK_FUNCTIONS = functions(
    "dnp3",
    {
        (1, 0): ("reset_link_states", OTHER),
        (1, 2): ("test_link_states", OTHER),
        (1, 9): ("request_link_status", OTHER),
        (0, 0): ("link_ack", OTHER),
        (0, 1): ("link_nack", OTHER),
        (0, 11): ("link_status", OTHER),
        (0, 15): ("link_not_supported", OTHER),
    },
)
"""Functions of frames without user data, by the primary bit and the number."""

INDICATIONS = (
    (0x8000, "device_restart"),
    (0x4000, "device_trouble"),
    (0x2000, "local_control"),
    (0x1000, "need_time"),
    (0x0800, "class_3_events"),
    (0x0400, "class_2_events"),
    (0x0200, "class_1_events"),
    (0x0100, "broadcast"),
    (0x0020, "configuration_corrupt"),
    (0x0010, "already_executing"),
    (0x0008, "event_buffer_overflow"),
    (0x0004, "parameter_error"),
    (0x0002, "object_unknown"),
    (0x0001, "function_not_supported"),
)
FAILURES = 0x0007
"""Indications that the request was refused."""

OPERATIONS = {0: "nul", 1: "pulse_on", 2: "pulse_off", 3: "latch_on", 4: "latch_off"}
TRIPS = {1: "close", 2: "trip"}
STATUS = {
    1: "timeout", 2: "no_select", 3: "format_error", 4: "not_supported", 5: "already_active",
    6: "hardware_error", 7: "local", 8: "too_many_objects", 9: "not_authorized",
    10: "automation_inhibit", 11: "processing_limited", 12: "out_of_range",
    126: "non_participating", 127: "undefined",
}  # fmt: skip
"""How a relay output was taken, if not well (11.6)."""
