"""The formats of custody: what is hashed, signed and encrypted, and how.

Pure: a package is verified with these modules alone, without the service and its database.
"""
