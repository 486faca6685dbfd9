@testable import CircusConfig

/// The conversion of a file, on a machine with few variables.
func convert(_ text: String, _ path: String, _ more: [String: String] = [:]) throws -> Conversion {
  try Conversion(
    of: path, files: OneFile(text, path: path),
    environment: ["SECRET": "x", "HOME": "/home/me"].merging(more) { $1 },
    hostName: "node", workingDirectory: "/work")
}

extension Conversion {
  /// The lines that are no comments.
  var lines: [String] {
    text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") && !$0.hasPrefix(";") }
  }
}

/// The lines that are no comments.
func lines(_ text: String, _ path: String) throws -> [String] { try convert(text, path).lines }
