import CircusControl
import Glibc
import LinuxSystem

exit(
  StandardOutput.status(
    ControlProgram.run(Array(CommandLine.arguments.dropFirst())), of: "circusctl"))
