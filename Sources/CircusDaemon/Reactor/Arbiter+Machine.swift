import CircusCore
import CircusModel
import CircusShell
import LinuxSystem

extension Arbiter {
  /// One that asks this machine what it has to know of it.
  init(here configuration: Configuration) {
    self.init(
      configuration: configuration, workingDirectory: Files.currentDirectory,
      host: Environment.hostName, seed: UInt64.random(in: .min ... .max),
      matchesRegex: Regex.matchesStart, isUser: { Users.find($0) != nil },
      isUserGroup: { Users.findGroup($0) != nil }, zones: ZoneDatabase.rules)
  }
}
