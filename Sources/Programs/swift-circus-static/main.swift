import CLinux
import CircusPlugins
import MultiCall

cl_use_files_and_dns()
// All programs in one file, for hosts and containers without a library.
MultiCall.run(with: ["circus-plugin": { PluginProgram.run($0) }])
