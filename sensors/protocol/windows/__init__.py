"""Protocols of Windows networks: SMB, DCE/RPC, NTLM, Kerberos, LDAP, RDP."""
