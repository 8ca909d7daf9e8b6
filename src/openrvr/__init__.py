"""OpenRVR: Rapid Video Response for victims of domestic abuse."""

__version__ = "0.1.0"
