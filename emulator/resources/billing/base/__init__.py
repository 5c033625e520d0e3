"""What billing shares: amounts, periods, proration, the time of test clocks."""
