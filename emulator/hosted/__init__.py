"""Hosted pages that links lead to: the hosted onboarding, the Express Dashboard, and the pages of payments.

Their content is our choice; their redirects are Stripe's.
"""
