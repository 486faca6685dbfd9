import CircusWire
import JSON
import LinuxSystem

/// One look at one process, before it is put into any system's words.
package struct ProcessSample {
  /// What /proc says.
  package var facts: ProcessFacts
  /// Percent of one processor since the look before; 0 at the first.
  package var cpuPercent: Double
  /// Percent of the machine's memory.
  package var memoryPercent: Double
  /// Who it runs as; `N/A` where that cannot be seen.
  var user: String
  /// The base name of its program.
  var command: String
  /// Its command line, shortened.
  var commandLine: String
  /// Seconds since the epoch.
  var createTime: Double
  /// Seconds since its watcher started it.
  package var age: Double
  /// Processor time it and its waited-for children used.
  var processorHundredths: Int

  /// What of it goes into the sum of its group.
  package var inSum: StatMessage.Figures {
    StatMessage.Figures(pid: Int(facts.pid), cpu: cpuPercent, memory: memoryPercent, age: age)
  }

  /// With circus's keys (circus.md 5.1).
  package func info(children: [JSON] = []) -> JSONObject {
    [
      "mem_info1": .string(Self.size(facts.residentBytes)),
      "mem_info2": .string(Self.size(facts.virtualBytes)), "cpu": .double(cpuPercent),
      "mem": .double(memoryPercent), "ctime": .string(time), "pid": .int(Int(facts.pid)),
      "username": .string(user), "nice": .int(facts.nice), "create_time": .double(createTime),
      "age": .double(age), "cmdline": .string(command), "command_line": .string(commandLine),
      "children": .array(children),
    ]
  }

  /// `M:SS.hh`.
  private var time: String {
    let two: (Int) -> String = { $0 < 10 ? "0\($0)" : String($0) }
    let hundredths = processorHundredths
    return "\(hundredths / 6_000):\(two(hundredths / 100 % 60)).\(two(hundredths % 100))"
  }

  /// `512B`, `1.00K`, `31.36M` ...
  static func size(_ bytes: Int) -> String {
    guard bytes >= 1_024 else { return "\(bytes)B" }
    var value = Double(bytes)
    var unit = 0
    let units = Array("BKMGTPE")
    while value >= 1_024 && unit < units.count - 1 {
      value /= 1_024
      unit += 1
    }
    let hundredths = Int((value * 100).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)\(units[unit])"
  }
}
