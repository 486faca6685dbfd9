import CircusDaemon
import Glibc
import LinuxSystem

exit(
  StandardOutput.status(CircusdProgram.run(Array(CommandLine.arguments.dropFirst())), of: "circusd")
)
