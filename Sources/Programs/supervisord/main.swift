import CircusDaemon
import Glibc

exit(SupervisordProgram.run(CommandLine.arguments))
