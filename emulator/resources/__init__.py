"""The resources of the API: one module or package for each modelled one, joined in `model.declaration.registry`."""
