"""Hosted pages that links lead to: the hosted onboarding, and the Express Dashboard.

Their content is our choice; their redirects are Stripe's.
"""
