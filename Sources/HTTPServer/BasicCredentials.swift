import CDigest
import Glibc
import LinuxSystem

/// User and password of Basic authentication (supervisor.md 4.2).
package struct BasicCredentials: Sendable {
  private let username: String
  /// In clear, or `{SHA}` and 40 hexadecimal digits.
  private let password: String

  package init(username: String, password: String) {
    self.username = username
    self.password = password
  }

  /// Whether an `Authorization` header is theirs. Nothing about the time it takes tells how much of a
  /// password was right.
  package func accept(_ header: String?) -> Bool {
    guard let header, let blank = header.firstIndex(of: " "),
      header[..<blank].lowercased() == "basic",
      let bytes = Base64.decode(String(header[blank...])),
      let colon = bytes.firstIndex(of: 0x3A)
    else { return false }
    let isUser = Self.equal(Array(bytes[..<colon]), Array(username.utf8))
    let given = Array(bytes[(colon + 1)...])
    let isPassword: Bool
    if password.hasPrefix("{SHA}") {
      let wanted = password.dropFirst(5).lowercased()
      isPassword = Self.equal(Array(Self.sha1(given).utf8), Array(wanted.utf8))
    } else {
      isPassword = Self.equal(given, Array(password.utf8))
    }
    return isUser && isPassword
  }

  private static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    var difference = a.count ^ b.count
    for index in 0..<max(a.count, b.count, 1) {
      let x = a.isEmpty ? 0 : a[index % a.count]
      let y = b.isEmpty ? 0 : b[index % b.count]
      difference |= Int(x ^ y)
    }
    return difference == 0
  }

  /// The SHA-1 of some bytes in hexadecimal digits.
  private static func sha1(_ bytes: [UInt8]) -> String {
    var digits = [CChar](repeating: 0, count: 41)
    SHA1Data(bytes, bytes.count, &digits)
    return String(decoding: digits.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
