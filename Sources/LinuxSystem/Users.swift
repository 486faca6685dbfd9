import CLinux
import Glibc

/// A user of the system database.
package struct User {
  /// The log-in name.
  package let name: String
  /// The user's number.
  package let uid: uid_t
  /// The number of the primary group.
  package let gid: gid_t
}

/// Look-ups in the user and group databases.
package enum Users {
  /// By name or numeric id, which must exist, or be that of this process: a container may run as any number.
  package static func find(_ text: String) -> User? {
    guard let number = uid_t(text) else { return getpwnam(text).map(user) }
    let own = number == current ? User(name: text, uid: number, gid: getegid()) : nil
    return getpwuid(number).map(user) ?? own
  }

  /// A user's log-in name; nil for a number the database does not have.
  package static func name(of uid: uid_t) -> String? {
    getpwuid(uid).map { String(cString: $0.pointee.pw_name) }
  }

  /// The home directory of a user; nil: unknown, or none to speak of.
  package static func home(of uid: uid_t) -> String? {
    guard let home = getpwuid(uid)?.pointee.pw_dir.map({ String(cString: $0) }) else { return nil }
    return home.hasPrefix("/") && home != "/" ? home : nil
  }

  /// A group by name or numeric id, which must exist.
  package static func findGroup(_ text: String) -> gid_t? {
    guard let number = gid_t(text) else { return getgrnam(text)?.pointee.gr_gid }
    return getgrgid(number)?.pointee.gr_gid
  }

  /// The groups a log-in as `user` would have, `primary` first.
  package static func groups(of user: String, primary: gid_t) -> [gid_t] {
    var groups = [gid_t](repeating: 0, count: 1024)
    let count = cl_user_groups(user, primary, &groups, Int32(groups.count))
    return count < 0 ? [primary] : Array(groups.prefix(Int(count)))
  }

  /// Becomes another user for good, with that user's groups. Throws when that is not allowed.
  package static func become(_ user: User) throws(Errno) {
    let groups = groups(of: user.name, primary: user.gid)
    try systemCall { setgroups(groups.count, groups) }
    try systemCall { setgid(user.gid) }
    try systemCall { setuid(user.uid) }
  }

  /// Makes pipes those of another user: a program that opens `/dev/stdout` by its name is refused what is root's. nil: they
  /// stay ours. What it inherits of our own output stays ours, and may be written by all, as what we may not give away.
  /// `stdio`: where the program's descriptors 0 to 2 come from; nil: they are ours.
  package static func give(_ pipes: [Int32?], beside stdio: [Int32?], to user: uid_t?) {
    guard let user, user != current else { return }
    for pipe in pipes {
      if let pipe, fchown(pipe, user, gid_t.max) != 0 { openForAll(pipe) }
    }
    for own in [1, 2] where stdio[own] == nil { openForAll(Int32(own)) }
  }

  private static func openForAll(_ pipe: Int32) {
    var info = stat()
    guard fstat(pipe, &info) == 0, info.st_mode & S_IFMT == S_IFIFO else { return }
    _ = fchmod(pipe, info.st_mode & 0o777 | 0o022)
  }

  /// Whether this process may become any user: its effective user is root.
  package static var isRoot: Bool { geteuid() == 0 }
  /// The user whose rights this process has: geteuid(2).
  package static var current: uid_t { geteuid() }

  private static func user(_ entry: UnsafeMutablePointer<passwd>) -> User {
    User(
      name: String(cString: entry.pointee.pw_name), uid: entry.pointee.pw_uid,
      gid: entry.pointee.pw_gid)
  }
}
