"""Families of models that an endpoint trains, behind one interface: see `base`."""
