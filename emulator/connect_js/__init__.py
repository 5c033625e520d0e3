"""The stand-in for Stripe's connect.js: the script, the frame behind it, and what its components show and do.

A page with the unmodified npm packages runs against it. Stripe's own script is not published; what its callers see of
it is read in those packages, and what its components look like inside is ours.
"""
