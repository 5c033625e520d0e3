"""OAuth of Connect: the page on which an owner connects an account to a platform, the tokens, and their end.

Stripe serves it at connect.stripe.com; here the same server does.
"""
