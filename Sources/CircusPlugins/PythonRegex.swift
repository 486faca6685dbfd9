import CProbes

/// A regular expression in the dialect Python's configuration files are written in, named groups
/// included; by PCRE2, which knows it.
final class PythonRegex {
  struct Failure: Error { var text: String }

  private let pattern: OpaquePointer

  init(_ text: String) throws(Failure) {
    var problem = [CChar](repeating: 0, count: 256)
    guard let compiled = cp_pattern_compile(text, &problem, problem.count) else {
      throw Failure(text: string(problem))
    }
    pattern = compiled
  }

  deinit { cp_pattern_free(pattern) }

  /// Whether the pattern has `(?P<name>...)`.
  func hasGroup(_ name: String) -> Bool { cp_pattern_has_group(pattern, name) == 1 }

  /// Python's `re.match`: anchored at the start only.
  func matchesStart(of text: String) -> Bool {
    cp_pattern_matches(pattern, text, text.utf8.count) == 1
  }

  /// The text of a named group; nil when nothing matches.
  func group(_ name: String, in text: String) -> String? {
    guard matchesStart(of: text) else { return nil }
    var buffer = [CChar](repeating: 0, count: text.utf8.count + 1)
    guard cp_pattern_group(pattern, name, &buffer, buffer.count) >= 0 else { return nil }
    return string(buffer)
  }
}

/// The text of a C buffer.
func string(_ buffer: [CChar]) -> String {
  String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
