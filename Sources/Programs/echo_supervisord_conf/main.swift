import Glibc
import SupervisorTools

exit(SampleConfiguration.run(Array(CommandLine.arguments.dropFirst())))
