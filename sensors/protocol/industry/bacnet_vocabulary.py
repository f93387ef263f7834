"""Services, objects and properties of BACnet (ANSI/ASHRAE 135-2020, 21 and annex J)."""

from sensors.protocol.industry.function import (
    DOWNLOAD,
    OTHER,
    READ,
    RESTART,
    START,
    STOP,
    UPLOAD,
    WRITE,
    function,
    functions,
)

NAME = "bacnet"

READ_MULTIPLE, WRITE_MULTIPLE, REINITIALIZE, COMMUNICATION = 14, 16, 20, 17

CONFIRMED = functions(
    NAME,
    {
        0: ("acknowledge_alarm", WRITE),
        1: ("confirmed_cov_notification", READ),
        2: ("confirmed_event_notification", READ),
        3: ("get_alarm_summary", READ),
        4: ("get_enrollment_summary", READ),
        5: ("subscribe_cov", READ),
        6: ("atomic_read_file", UPLOAD),
        7: ("atomic_write_file", DOWNLOAD),
        8: ("add_list_element", WRITE),
        9: ("remove_list_element", WRITE),
        10: ("create_object", WRITE),
        11: ("delete_object", WRITE),
        12: ("read_property", READ),
        13: ("read_property_conditional", READ),
        READ_MULTIPLE: ("read_property_multiple", READ),
        15: ("write_property", WRITE),
        WRITE_MULTIPLE: ("write_property_multiple", WRITE),
        COMMUNICATION: ("device_communication_control", STOP),
        18: ("confirmed_private_transfer", OTHER),
        19: ("confirmed_text_message", OTHER),
        REINITIALIZE: ("reinitialize_device", RESTART),
        21: ("vt_open", OTHER),
        22: ("vt_close", OTHER),
        23: ("vt_data", OTHER),
        24: ("authenticate", OTHER),
        25: ("request_key", OTHER),
        26: ("read_range", READ),
        27: ("life_safety_operation", WRITE),
        28: ("subscribe_cov_property", READ),
        29: ("get_event_information", READ),
        30: ("subscribe_cov_property_multiple", READ),
        31: ("confirmed_cov_notification_multiple", READ),
        32: ("confirmed_audit_notification", OTHER),
        33: ("audit_log_query", READ),
    },
)

UNCONFIRMED = functions(
    NAME,
    {
        0: ("i_am", OTHER),
        1: ("i_have", OTHER),
        2: ("unconfirmed_cov_notification", READ),
        3: ("unconfirmed_event_notification", READ),
        4: ("unconfirmed_private_transfer", OTHER),
        5: ("unconfirmed_text_message", OTHER),
        6: ("time_synchronization", WRITE),
        7: ("who_has", OTHER),
        8: ("who_is", OTHER),
        9: ("utc_time_synchronization", WRITE),
        10: ("write_group", WRITE),
        11: ("unconfirmed_cov_notification_multiple", READ),
        12: ("unconfirmed_audit_notification", OTHER),
        13: ("who_am_i", OTHER),
        14: ("you_are", WRITE),
    },
)

LINKS = functions(
    NAME,
    {
        0: ("bvlc_result", OTHER),
        1: ("write_broadcast_distribution_table", WRITE),
        2: ("read_broadcast_distribution_table", READ),
        3: ("read_broadcast_distribution_table_ack", READ),
        5: ("register_foreign_device", OTHER),
        6: ("read_foreign_device_table", READ),
        7: ("read_foreign_device_table_ack", READ),
        8: ("delete_foreign_device_table_entry", WRITE),
    },
)
"""Functions of the virtual link that carry no network message (J.2)."""

NETWORKS = functions(
    NAME,
    {
        0: ("who_is_router_to_network", OTHER),
        1: ("i_am_router_to_network", OTHER),
        2: ("i_could_be_router_to_network", OTHER),
        3: ("reject_message_to_network", OTHER),
        4: ("router_busy_to_network", OTHER),
        5: ("router_available_to_network", OTHER),
        6: ("initialize_routing_table", WRITE),
        7: ("initialize_routing_table_ack", OTHER),
        8: ("establish_connection_to_network", OTHER),
        9: ("disconnect_connection_to_network", OTHER),
    },
)
"""Messages of the network layer (6.4)."""

ENABLED = function(NAME, "device_communication_control", START)
"""The control of communication that lets the device speak again."""

STATES = {
    0: "cold_start", 1: "warm_start", 2: "start_backup", 3: "end_backup", 4: "start_restore",
    5: "end_restore", 6: "abort_restore", 7: "activate_changes",
}  # fmt: skip
COMMUNICATIONS = {0: "enable", 1: "disable", 2: "disable_initiation"}

OBJECT_TAGS = {
    **dict.fromkeys((8, 9, 12, READ_MULTIPLE, 15, WRITE_MULTIPLE, 26), 0),
    **dict.fromkeys((5, 10, 28), 1),
    1: 2,
}
"""Context tag of the object in the confirmed services that do not write it as the first value."""

OBJECTS = (
    "analog-input", "analog-output", "analog-value", "binary-input", "binary-output",
    "binary-value", "calendar", "command", "device", "event-enrollment", "file", "group", "loop",
    "multi-state-input", "multi-state-output", "notification-class", "program", "schedule",
    "averaging", "multi-state-value", "trend-log", "life-safety-point", "life-safety-zone",
    "accumulator", "pulse-converter", "event-log", "global-group", "trend-log-multiple",
    "load-control", "structured-view", "access-door", "timer", "access-credential",
    "access-point", "access-rights", "access-user", "access-zone", "credential-data-input",
    "network-security", "bitstring-value", "characterstring-value", "date-pattern-value",
    "date-value", "datetime-pattern-value", "datetime-value", "integer-value",
    "large-analog-value", "octetstring-value", "positive-integer-value", "time-pattern-value",
    "time-value", "notification-forwarder", "alert-enrollment", "channel", "lighting-output",
    "binary-lighting-output", "network-port", "elevator-group", "escalator", "lift", "staging",
    "audit-log", "audit-reporter",
)  # fmt: skip
"""Types of objects, by number."""

PROPERTIES = {
    8: "all", 12: "application-software-version", 22: "cov-increment", 25: "deadband",
    28: "description", 36: "event-state", 38: "exception-schedule", 42: "file-size",
    44: "firmware-revision", 45: "high-limit", 52: "limit-enable", 56: "local-date",
    57: "local-time", 58: "location", 59: "low-limit", 65: "max-pres-value",
    69: "min-pres-value", 70: "model-name", 75: "object-identifier", 76: "object-list",
    77: "object-name", 79: "object-type", 80: "optional", 81: "out-of-service", 84: "polarity",
    85: "present-value", 87: "priority-array", 90: "program-change", 92: "program-state",
    96: "protocol-object-types-supported", 97: "protocol-services-supported",
    98: "protocol-version", 102: "recipient-list", 103: "reliability", 104: "relinquish-default",
    105: "required", 107: "segmentation-supported", 108: "setpoint", 111: "status-flags",
    112: "system-status", 113: "time-delay", 117: "units", 120: "vendor-identifier",
    121: "vendor-name", 123: "weekly-schedule", 131: "log-buffer", 133: "enable",
    139: "protocol-revision", 152: "active-cov-subscriptions", 155: "database-revision",
    160: "mode", 168: "profile-name", 174: "schedule-default",
}  # fmt: skip
"""The properties that are asked for most; others keep their number."""

ERRORS = {
    0: "other", 1: "authentication_failed", 2: "configuration_in_progress", 3: "device_busy",
    5: "file_access_denied", 7: "inconsistent_parameters", 9: "invalid_data_type",
    16: "missing_required_parameter", 20: "no_space_to_write_property", 25: "operational_problem",
    26: "password_failure", 27: "read_access_denied", 29: "service_request_denied",
    30: "timeout", 31: "unknown_object", 32: "unknown_property", 36: "unsupported_object_type",
    37: "value_out_of_range", 40: "write_access_denied", 42: "invalid_array_index",
    45: "optional_functionality_not_supported", 47: "datatype_not_supported",
    50: "property_is_not_an_array", 83: "communication_disabled", 85: "access_denied",
}  # fmt: skip
REJECTIONS = {
    0: "other", 1: "buffer_overflow", 2: "inconsistent_parameters",
    3: "invalid_parameter_data_type", 4: "invalid_tag", 5: "missing_required_parameter",
    6: "parameter_out_of_range", 7: "too_many_arguments", 8: "undefined_enumeration",
    9: "unrecognized_service",
}  # fmt: skip
ABORTIONS = {
    0: "other", 1: "buffer_overflow", 2: "invalid_apdu_in_this_state",
    3: "preempted_by_higher_priority_task", 4: "segmentation_not_supported", 5: "security_error",
}  # fmt: skip
