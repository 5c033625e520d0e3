"""A stand-in for Stripe.js, with as much of it as the sign-up of connected accounts uses: tokens, and the card Element.

The official loader `@stripe/stripe-js` runs against it. The interface follows its types and documented behaviour; all
other methods are refused by name.
"""
