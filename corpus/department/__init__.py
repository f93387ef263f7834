"""A department's share, exports, mails and databases, in all formats, with what is true of them.

    python -m corpus.department --out DIR [--seed N] [--truth FILE] [--planted FILE]

The department is one of the city of the scenarios. The truth and the list of planted values go to
files beside the folder, so that a scan of the folder does not meet them.
"""
