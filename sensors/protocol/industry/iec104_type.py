"""Types and causes of ASDUs (IEC 60870-5-101:2003, 7.2.1 and 7.2.3; IEC 60870-5-104:2006, 6)."""

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

_NAMES = {
    1: "M_SP_NA_1", 2: "M_SP_TA_1", 3: "M_DP_NA_1", 4: "M_DP_TA_1", 5: "M_ST_NA_1",
    6: "M_ST_TA_1", 7: "M_BO_NA_1", 8: "M_BO_TA_1", 9: "M_ME_NA_1", 10: "M_ME_TA_1",
    11: "M_ME_NB_1", 12: "M_ME_TB_1", 13: "M_ME_NC_1", 14: "M_ME_TC_1", 15: "M_IT_NA_1",
    16: "M_IT_TA_1", 17: "M_EP_TA_1", 18: "M_EP_TB_1", 19: "M_EP_TC_1", 20: "M_PS_NA_1",
    21: "M_ME_ND_1", 30: "M_SP_TB_1", 31: "M_DP_TB_1", 32: "M_ST_TB_1", 33: "M_BO_TB_1",
    34: "M_ME_TD_1", 35: "M_ME_TE_1", 36: "M_ME_TF_1", 37: "M_IT_TB_1", 38: "M_EP_TD_1",
    39: "M_EP_TE_1", 40: "M_EP_TF_1", 41: "S_IT_TC_1", 45: "C_SC_NA_1", 46: "C_DC_NA_1",
    47: "C_RC_NA_1", 48: "C_SE_NA_1", 49: "C_SE_NB_1", 50: "C_SE_NC_1", 51: "C_BO_NA_1",
    58: "C_SC_TA_1", 59: "C_DC_TA_1", 60: "C_RC_TA_1", 61: "C_SE_TA_1", 62: "C_SE_TB_1",
    63: "C_SE_TC_1", 64: "C_BO_TA_1", 70: "M_EI_NA_1", 81: "S_CH_NA_1", 82: "S_RP_NA_1",
    83: "S_AR_NA_1", 84: "S_KR_NA_1", 85: "S_KS_NA_1", 86: "S_KC_NA_1", 87: "S_ER_NA_1",
    90: "S_US_NA_1", 91: "S_UQ_NA_1", 92: "S_UR_NA_1", 93: "S_UK_NA_1", 94: "S_UA_NA_1",
    95: "S_UC_NA_1", 100: "C_IC_NA_1", 101: "C_CI_NA_1", 102: "C_RD_NA_1", 103: "C_CS_NA_1",
    104: "C_TS_NA_1", 105: "C_RP_NA_1", 106: "C_CD_NA_1", 107: "C_TS_TA_1", 110: "P_ME_NA_1",
    111: "P_ME_NB_1", 112: "P_ME_NC_1", 113: "P_AC_NA_1", 120: "F_FR_NA_1", 121: "F_SR_NA_1",
    122: "F_SC_NA_1", 123: "F_LS_NA_1", 124: "F_AF_NA_1", 125: "F_SG_NA_1", 126: "F_DR_TA_1",
    127: "F_SC_NB_1",
}  # fmt: skip

_ACTS = {
    **dict.fromkeys(range(1, 42), READ),
    **dict.fromkeys(range(45, 65), WRITE),
    **dict.fromkeys((100, 101, 102), READ),
    103: WRITE,
    105: RESTART,
    **dict.fromkeys(range(110, 114), WRITE),
}
"""What is not listed is OTHER."""

TYPES = functions("iec104", {code: (name, _ACTS.get(code, OTHER)) for code, name in _NAMES.items()})

SEGMENT = 125
SEGMENT_FUNCTIONS = {
    True: function("iec104", _NAMES[SEGMENT], DOWNLOAD),
    False: function("iec104", _NAMES[SEGMENT], UPLOAD),
}
"""A segment of a file, by whether the controlling station sent it."""

CONTROLS = functions(
    "iec104",
    {
        0x07: ("STARTDT_act", START),
        0x0B: ("STARTDT_con", START),
        0x13: ("STOPDT_act", STOP),
        0x23: ("STOPDT_con", STOP),
        0x43: ("TESTFR_act", OTHER),
        0x83: ("TESTFR_con", OTHER),
    },
)
"""Unnumbered control functions, by their octet (IEC 60870-5-104, 5.1)."""

CAUSES = {
    1: "periodic", 2: "background", 3: "spontaneous", 4: "initialized", 5: "request",
    6: "activation", 7: "activation_confirmation", 8: "deactivation",
    9: "deactivation_confirmation", 10: "activation_termination", 11: "return_remote",
    12: "return_local", 13: "file_transfer", 14: "authentication", 15: "session_key_maintenance",
    16: "user_role_maintenance", 20: "interrogated_by_station",
    **{number: f"interrogated_by_group_{number - 20}" for number in range(21, 37)},
    37: "counter_request_general",
    **{number: f"counter_request_group_{number - 37}" for number in range(38, 42)},
    44: "unknown_type", 45: "unknown_cause", 46: "unknown_common_address",
    47: "unknown_object_address",
}  # fmt: skip
CONFIRMATIONS = (7, 9, 10)
UNKNOWNS = range(44, 48)
