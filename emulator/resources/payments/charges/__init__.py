"""Charges, refunds, disputes and early fraud warnings."""
