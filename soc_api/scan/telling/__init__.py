"""What a scan tells at the command line: lines for programs, sentences for people."""
