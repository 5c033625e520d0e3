"""Products, prices, plans, coupons, promotion codes, tax rates, and line items with their totals."""
