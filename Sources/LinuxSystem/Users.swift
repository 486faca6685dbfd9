import CLinux
import Glibc

/// A user of the system database.
package struct User {
  package let name: String
  package let uid: uid_t
  package let gid: gid_t
}

/// Look-ups in the user and group databases.
package enum Users {
  /// By name or numeric id, which must exist.
  package static func find(_ text: String) -> User? {
    guard let number = uid_t(text) else { return getpwnam(text).map(user) }
    return getpwuid(number).map(user)
  }

  package static func name(of uid: uid_t) -> String? {
    getpwuid(uid).map { String(cString: $0.pointee.pw_name) }
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

  package static var isRoot: Bool { geteuid() == 0 }
  package static var current: uid_t { geteuid() }

  private static func user(_ entry: UnsafeMutablePointer<passwd>) -> User {
    User(
      name: String(cString: entry.pointee.pw_name), uid: entry.pointee.pw_uid,
      gid: entry.pointee.pw_gid)
  }
}
