import Glibc
import SupervisorControl

exit(SupervisorctlProgram.run(CommandLine.arguments))
