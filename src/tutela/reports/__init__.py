"""Documents for people: lists, tables, workbooks and notices, all made from plain data.

Data classes (``damaged``) are filled by ``queries``; ``pdf``, ``workbook`` and ``tables`` turn them into bytes.  The
same data gives the same bytes, always: no clock is read and no path is written.
"""
