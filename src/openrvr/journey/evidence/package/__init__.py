"""A package for the force's digital evidence system, and its verification without the service."""
