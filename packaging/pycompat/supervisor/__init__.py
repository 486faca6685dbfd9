"""What programs import of supervisor, for the daemons of swift-circus: listeners and clients go on as they are.

It takes the place of the package `supervisor`, and is installed by name only.
"""
