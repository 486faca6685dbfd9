import CircusModel
import LinuxSystem
import Testing

/// The options of watchers in the man page are those of the table (`scripts/write-option-pages`).
@Suite struct OptionPagesTests {
  private static let page = Fixtures.packageRoot + "/docs/man/circus.ini.5"
  private static let begin = ".\\\" Written by scripts/write-option-pages.\n"
  private static let end = ".\\\" End.\n"

  @Test func theManPageHasTheTable() throws {
    let text = String(decoding: try Files.read(Self.page), as: UTF8.self)
    let head = try #require(text.firstRange(of: Self.begin))
    let tail = try #require(text.firstRange(of: Self.end))
    let wanted = text[..<head.upperBound] + Self.options + text[tail.lowerBound...]
    if Environment.variables["CIRCUS_WRITE_PAGES"] != nil {
      try Files.replace(Self.page, with: Array(wanted.utf8))
    } else {
      #expect(text == wanted, "run scripts/write-option-pages")
    }
  }

  private static var options: String {
    WatcherOption.all.filter { $0.circus != nil && !$0.has(.freeform) }.map { option in
      let spelling = option.circus ?? .init("", .text)
      let names = ["rlimits": "rlimit_NAME", "env": "[env:NAME]", "hooks": "hooks.NAME"]
      let name = names[spelling.key] ?? spelling.key
      let facts = [kind(spelling.kind), usual(option)].compactMap(\.self).joined(separator: ", ")
      let end = option.has(.ours) ? " Of this daemon." : ""
      return ".TP\n.BR \(escaped(name)) \" (\(escaped(facts)))\"\n\(escaped(option.help)).\(end)\n"
    }.joined()
  }

  private static func kind(_ kind: WatcherOption.Kind) -> String {
    switch kind {
    case .text: "text"
    case .integer: "number"
    case .seconds: "seconds"
    case .boolean: "boolean"
    case .signal: "signal"
    case .identity: "name or number"
    case .choice(let words, _): WatcherOption.Kind.list(words)
    case .grammar: "text"
    case .bytes: "bytes"
    case .octal: "octal"
    case .exitCodes, .restartPolicy, .composite: "several"
    }
  }

  /// The default.
  private static func usual(_ option: WatcherOption) -> String? {
    switch option.field?.read(WatcherSpec(name: "")) {
    case .bool(let flag)?: flag ? "true" : "false"
    case .int(let number)?: option.circus?.kind == .signal ? "TERM" : String(number)
    case .float(let seconds)?: String(Int(seconds))
    case .string(let text)?: text.isEmpty ? nil : text
    default: nil
    }
  }

  private static func escaped(_ text: String) -> String {
    var out = ""
    for c in text {
      switch c {
      case "\\": out += "\\e"
      case "-": out += "\\-"
      default: out.append(c)
      }
    }
    return out
  }
}
