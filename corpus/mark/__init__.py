"""First pages of official documents with marks of secrecy, and pages that only look like them.

Facts: 保守国家秘密法 art 20 to 22, 实施条例 art 21, GB/T 9704-2012 clauses 7.2.1 to 7.2.6.
"""
