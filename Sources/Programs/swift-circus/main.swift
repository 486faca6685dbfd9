import CircusControl
import CircusDaemon
import CircusPlugins
import CircusStats
import CircusTop
import Glibc
import LinuxSystem
import SupervisorControl
import SupervisorTools

// All programs in one file, for hosts and containers without a library: it is the one it is called as, by a link or by
// `--as NAME`.
let words = Program.arguments
let programs: [String: () -> Int32] = [
  "circusd": { StandardOutput.status(CircusdProgram.run(words), of: "circusd") },
  "circusctl": { StandardOutput.status(ControlProgram.run(words), of: "circusctl") },
  "circus-top": { TopProgram.run(words) },
  "circus-plugin": { PluginProgram.run(words) },
  "circusd-stats": { StatsProgram.run(words) },
  "supervisord": { SupervisordProgram.run([Program.called] + words) },
  "supervisorctl": {
    StandardOutput.status(SupervisorctlProgram.run([Program.called] + words), of: "supervisorctl")
  },
  "pidproxy": { PIDProxy.run([Program.called] + words) },
  "echo_supervisord_conf": { SampleConfiguration.run(words) },
]

Program.holdsAll = true
guard !Program.called.isEmpty else {
  StandardOutput.complain("/proc is not there: mount it: mount -t proc proc /proc\n")
  exit(1)
}
guard let program = programs[Program.name] else {
  let names = programs.keys.sorted().joined(separator: ", ")
  StandardOutput.complain(
    "\(Program.name): there is no such program here: call it by the name of one of these, or with --as NAME: \(names)\n"
  )
  exit(2)
}
exit(program())
