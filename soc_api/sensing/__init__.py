"""The sensor as the desk runs it: its process, what is pushed to it, its reports and figures."""
