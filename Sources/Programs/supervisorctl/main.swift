import Glibc
import LinuxSystem
import SupervisorControl

exit(StandardOutput.status(SupervisorctlProgram.run(CommandLine.arguments), of: "supervisorctl"))
