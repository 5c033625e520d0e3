"""A stand-in for Stripe's connect.js: the script, the frame it calls through, and the content of its components.

The unmodified npm packages run against it. Stripe's own script is not published; its interface to callers is read from
those packages, and the content of the components is our own.
"""
