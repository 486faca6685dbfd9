import CircusPlugins
import Glibc

exit(PluginProgram.run(Array(CommandLine.arguments.dropFirst())))
