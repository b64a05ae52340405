"""Working copies made from originals: pictures, texts, pages.  No Django, no database: bytes in, bytes and facts out.

``examine`` makes all of one file's; ``worker`` is the process in which that happens, ``apart`` how the house talks to it.
"""
