import CircusDaemon
import Glibc

exit(CircusdProgram.run(Array(CommandLine.arguments.dropFirst())))
