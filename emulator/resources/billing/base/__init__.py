"""The base of billing: amounts, periods, proration, the time of test clocks."""
