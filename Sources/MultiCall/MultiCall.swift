import CircusControl
import CircusDaemon
import CircusStats
import CircusTop
import Glibc
import LinuxSystem
import SupervisorControl
import SupervisorTools

/// Several programs in one file: it is the one it is called as, by a link or by `--as NAME`.
package enum MultiCall {
  /// A program: takes its arguments, returns its exit status.
  package typealias Entry = @Sendable (_ words: [String]) -> Int32

  /// Those that need no library but the daemon's.
  private static let programs: [String: Entry] = [
    "circusd": { StandardOutput.status(CircusdProgram.run($0), of: "circusd") },
    "circusctl": { StandardOutput.status(ControlProgram.run($0), of: "circusctl") },
    "circus-top": { TopProgram.run($0) },
    "circusd-stats": { StatsProgram.run($0) },
    "supervisord": { SupervisordProgram.run([Program.called] + $0) },
    "supervisorctl": {
      StandardOutput.status(SupervisorctlProgram.run([Program.called] + $0), of: "supervisorctl")
    },
    "pidproxy": { PIDProxy.run([Program.called] + $0) },
    "echo_supervisord_conf": { SampleConfiguration.run($0) },
  ]

  /// Runs the program this process was called as. `more` are programs that this file holds besides.
  package static func run(with more: [String: Entry] = [:]) -> Never {
    Program.holdsMany = true
    guard !Program.called.isEmpty else {
      StandardOutput.complain("/proc is not there: mount it: mount -t proc proc /proc\n")
      exit(1)
    }
    guard let program = programs[Program.name] ?? more[Program.name] else {
      let names = (Array(programs.keys) + more.keys).sorted().joined(separator: ", ")
      StandardOutput.complain(
        "\(Program.name): there is no such program here: call it by the name of one of these, "
          + "or with --as NAME: \(names)\n")
      exit(2)
    }
    exit(program(Program.arguments))
  }
}
