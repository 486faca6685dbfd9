import CircusConfig
import LinuxSystem

/// This machine, for checks of a configuration.
struct LinuxMachine: Machine {
  func isDirectory(_ path: String) -> Bool { Files.isDirectory(path) }
  func exists(_ path: String) -> Bool { Files.exists(path) }
  func isExecutable(_ path: String) -> Bool {
    Files.isExecutable(path) && Files.hasExecutableBit(path) && !Files.isDirectory(path)
  }
  func canWrite(_ path: String) -> Bool { Files.canWrite(path) }
  func hasUser(_ name: String) -> Bool { Users.find(name) != nil }
  func hasGroup(_ name: String) -> Bool { Users.findGroup(name) != nil }
  func resolves(_ host: String) -> Bool { Network.resolves(host) }
}
