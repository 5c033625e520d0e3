"""Bytes to trees and back: form bodies, parameter paths, Stripe's JSON, timestamps."""
