import CircusModel
import LinuxSystem

/// Time zones as this machine has them: the tz database's files, and `/etc/localtime` or `TZ` for its own.
///
/// The C library's own zone is that of the whole process, and has no more than one.
package enum ZoneDatabase {
  /// The rules of a zone; an empty name is the machine's own. Nil: there is none of this name.
  package static func rules(_ name: String) -> ZoneRules? {
    guard name.isEmpty else { return named(name) }
    guard let own = Environment.variables["TZ"] else { return file(localTime) ?? .utc }
    let text = own.hasPrefix(":") ? String(own.dropFirst()) : own
    if text.isEmpty { return .utc }
    return text.hasPrefix("/") ? file(text) ?? .utc : named(text) ?? .utc
  }

  /// The file of the machine's own zone.
  static let localTime = "/etc/localtime"

  private static func named(_ name: String) -> ZoneRules? {
    if ["UTC", "Etc/UTC", "Z"].contains(name) { return .utc }
    let isName = name.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || "/_-+".utf8.contains(byte)
    }
    if isName, !name.hasPrefix("/"), let rules = file("\(directory)/\(name)") { return rules }
    return ZoneFooter(name).map { ZoneRules(first: $0.standard, changes: [], rule: $0) }
  }

  private static var directory: String { Environment.variables["TZDIR"] ?? "/usr/share/zoneinfo" }

  private static func file(_ path: String) -> ZoneRules? {
    (try? Files.read(path)).flatMap(ZoneFile.read)
  }
}
