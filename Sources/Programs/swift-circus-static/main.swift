import CircusPlugins
import MultiCall

// All programs in one file, for hosts and containers without a library.
MultiCall.run(with: ["circus-plugin": { PluginProgram.run($0) }])
