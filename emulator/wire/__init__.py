"""Bytes to trees and back: form bodies with brackets, parameter paths, JSON as Stripe prints it."""
