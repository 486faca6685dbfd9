import Glibc
import SupervisorTools

exit(PIDProxy.run(CommandLine.arguments))
