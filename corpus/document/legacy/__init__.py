"""Binary formats of Office 97 to 2003: what WPS writes as wps, et and dps are the same octets."""
