import CircusControl
import Glibc

exit(ControlProgram.run(Array(CommandLine.arguments.dropFirst())))
