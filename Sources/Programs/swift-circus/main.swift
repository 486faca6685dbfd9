import MultiCall

// What a distribution's package installs: all programs but circus-plugin, whose libraries a daemon need not load.
MultiCall.run()
