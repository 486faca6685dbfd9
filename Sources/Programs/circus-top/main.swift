import CircusTop
import Glibc

exit(TopProgram.run(Array(CommandLine.arguments.dropFirst())))
