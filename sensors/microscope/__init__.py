"""The microscope: tshark on a few packets, in a sandbox, for every protocol that it knows."""
