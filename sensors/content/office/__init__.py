"""Office documents that are packages of XML: Office Open XML and OpenDocument."""
