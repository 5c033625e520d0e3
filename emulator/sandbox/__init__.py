"""One isolated sandbox for each secret key: its clock, ids, tables, limits, faults and journal."""
