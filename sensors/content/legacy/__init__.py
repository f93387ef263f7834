"""Office documents in compound files (OLE2), as Office 97 to 2003 and WPS Office write them."""
