"""The small pages that links lead to: the hosted onboarding, and the Express Dashboard. Stripe's own are not offline.

How they look and what can be done there is our choice; where they send their visitor to is Stripe's.
"""
