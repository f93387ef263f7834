"""Functions of Modbus (MODBUS Application Protocol Specification V1.1b3, 5.1, 6 and 7)."""

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

DIAGNOSTICS, ENCAPSULATED, UMAS = 8, 43, 90

FUNCTIONS = functions(
    "modbus",
    {
        1: ("read_coils", READ),
        2: ("read_discrete_inputs", READ),
        3: ("read_holding_registers", READ),
        4: ("read_input_registers", READ),
        5: ("write_single_coil", WRITE),
        6: ("write_single_register", WRITE),
        7: ("read_exception_status", READ),
        DIAGNOSTICS: ("diagnostics", OTHER),
        11: ("get_comm_event_counter", READ),
        12: ("get_comm_event_log", READ),
        15: ("write_multiple_coils", WRITE),
        16: ("write_multiple_registers", WRITE),
        17: ("report_server_id", READ),
        20: ("read_file_record", READ),
        21: ("write_file_record", WRITE),
        22: ("mask_write_register", WRITE),
        23: ("read_write_multiple_registers", WRITE),
        24: ("read_fifo_queue", READ),
        ENCAPSULATED: ("encapsulated_interface", OTHER),
        UMAS: ("umas", OTHER),
    },
)

DIAGNOSTIC_FUNCTIONS = functions(
    "modbus",
    {
        1: ("restart_communications", RESTART),
        4: ("force_listen_only_mode", STOP),
        10: ("clear_counters", WRITE),
    },
)
"""Sub-functions of the diagnostics that do something to the device (6.8.1)."""

ENCAPSULATED_FUNCTIONS = functions(
    "modbus",
    {13: ("canopen_general_reference", OTHER), 14: ("read_device_identification", READ)},
)

UMAS_FUNCTIONS = functions(
    "modbus",
    {
        0x01: ("umas_init_communication", OTHER),
        0x02: ("umas_read_id", READ),
        0x03: ("umas_read_project_info", READ),
        0x04: ("umas_read_plc_info", READ),
        0x06: ("umas_read_card_info", READ),
        0x0A: ("umas_repeat", OTHER),
        0x10: ("umas_take_plc_reservation", OTHER),
        0x11: ("umas_release_plc_reservation", OTHER),
        0x12: ("umas_keep_alive", OTHER),
        0x20: ("umas_read_memory_block", READ),
        0x21: ("umas_write_memory_block", WRITE),
        0x22: ("umas_read_variables", READ),
        0x23: ("umas_write_variables", WRITE),
        0x24: ("umas_read_coils_registers", READ),
        0x25: ("umas_write_coils_registers", WRITE),
        0x30: ("umas_initialize_download", DOWNLOAD),
        0x31: ("umas_download_block", DOWNLOAD),
        0x32: ("umas_end_download", DOWNLOAD),
        0x33: ("umas_initialize_upload", UPLOAD),
        0x34: ("umas_upload_block", UPLOAD),
        0x35: ("umas_end_upload", UPLOAD),
        0x40: ("umas_start_plc", START),
        0x41: ("umas_stop_plc", STOP),
    },
)
"""Functions of the makers' own code 90, as they are known from published research."""

EXCEPTIONS = {
    1: "illegal_function",
    2: "illegal_data_address",
    3: "illegal_data_value",
    4: "server_device_failure",
    5: "acknowledge",
    6: "server_device_busy",
    8: "memory_parity_error",
    10: "gateway_path_unavailable",
    11: "gateway_target_failed_to_respond",
}
