"""The isolated sandbox of each secret key: clock, ids, tables, limits, faults and journal."""
