"""Credit notes: their lines, refunds and credits."""
