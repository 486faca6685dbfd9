import CircusStats
import Glibc

exit(StatsProgram.run(Array(CommandLine.arguments.dropFirst())))
