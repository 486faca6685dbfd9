import CircusConfig
import CircusShell
import Glibc
import LinuxSystem

/// This machine, for checks of a configuration.
struct LinuxMachine: Machine {
  let notifyProblem: String?

  /// `configuration`: the path of the file.
  init(for configuration: String) {
    notifyProblem = NotifyPlace(of: configuration, state: nil).problem
  }

  func isExpression(_ text: String) -> Bool { Expression(text) != nil }
  func isDirectory(_ path: String) -> Bool { Files.isDirectory(path) }
  func exists(_ path: String) -> Bool { Files.exists(path) }
  func isExecutable(_ path: String) -> Bool {
    Files.isExecutable(path) && Files.hasExecutableBit(path) && !Files.isDirectory(path)
  }
  func canWrite(_ path: String) -> Bool { Files.canWrite(path) }
  func hasUser(_ name: String) -> Bool { Users.find(name) != nil }
  func hasGroup(_ name: String) -> Bool { Users.findGroup(name) != nil }
  func addresses(of host: String, isIPv6: Bool) -> [String] {
    Network.addresses(of: host, isIPv6: isIPv6)
  }
  func isOwn(_ address: String, isIPv6: Bool) -> Bool { Network.isOwn(address, isIPv6: isIPv6) }
  func hasZone(_ name: String) -> Bool { ZoneDatabase.rules(name) != nil }
  func hasInterface(_ name: String) -> Bool { Network.hasInterface(name) }
  func canRaise(_ limit: String, to value: Int) -> Bool {
    guard let number = Limits.number(of: limit), value >= 0 else { return true }
    return Limits.canRaise(number, to: rlim_t(value))
  }
  func missingInterpreter(of program: String) -> String? {
    guard let interpreter = Program.interpreter(of: program)?.path, !Files.exists(interpreter)
    else { return nil }
    return interpreter
  }
}
