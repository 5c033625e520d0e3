"""What Stripe does: one module or package for each modelled resource, joined in `resources.registry`."""
