"""Resources that are not modelled by hand: the catalog and the tables of this package decide their behaviour."""
