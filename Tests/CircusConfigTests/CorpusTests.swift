import CircusConfig
import CircusModel
import CircusWire
import JSON
import LinuxSystem
import Testing

/// Every file of the corpus beside the checkout must be read exactly as the original read it.
@Suite struct CorpusTests {
  static let root = Fixtures.packageRoot + "/../shared/corpus"
  static let isThere = Files.isDirectory(root)

  static func cases(_ system: String) -> [String] {
    Files.list("\(root)/expected/\(system)").filter { $0.hasSuffix(".json") }.sorted()
  }

  @Test(
    .enabled(if: isThere, "no corpus beside this checkout"),
    arguments: cases("circus").map { ("circus", $0) }
      + cases("supervisor").map { ("supervisor", $0) })
  func singleFileIsReadAsTheOriginalReadsIt(system: String, name: String) throws {
    let stem = name.dropLast(".json".count)
    let suffix = system == "circus" ? "ini" : "conf"
    let bytes = try Files.read("\(Self.root)/\(system)/\(stem).\(suffix)")
    let reader = OneFile(path: "/tmp/HERE/\(stem).\(suffix)", bytes: bytes)
    try compare(
      expected: "\(Self.root)/expected/\(system)/\(name)", path: reader.path, files: reader,
      here: "/tmp/HERE")
  }

  @Test(
    .enabled(if: isThere, "no corpus beside this checkout"),
    arguments: cases("trees/circus").map { ("circus", $0) }
      + cases("trees/supervisor").map { ("supervisor", $0) })
  func treeIsReadAsTheOriginalReadsIt(system: String, name: String) throws {
    let here = "\(Self.root)/trees/\(system)/\(name.dropLast(".json".count))"
    let main = system == "circus" ? "circus.ini" : "supervisord.conf"
    try compare(
      expected: "\(Self.root)/expected/trees/\(system)/\(name)", path: "\(here)/\(main)",
      files: DiskFiles(), here: here)
  }

  private func compare(
    expected: String, path: String, files: any FileReader, here: String
  ) throws {
    let text = String(decoding: try Files.read(expected), as: UTF8.self)
    let wanted = try JSON.parse(Fixtures.replace(text, "%HERE%", here).utf8)
    var environment: [String: String] = [:]
    for key in ["environment", "dummy_env"] {
      for (name, value) in wanted[key]?.object?.members ?? [] { environment[name] = value.string }
    }
    var reader = ConfigurationReader(
      files: files, environment: environment, hostName: "node.example", workingDirectory: "/")
    let documents = reader.readDocuments(path)

    if wanted["error"] != nil {
      #expect(reader.diagnostics.firstError != nil, "should be refused: \(wanted["error"]!)")
      return
    }
    if let problem = reader.diagnostics.firstError {
      Issue.record("refused: \(problem.text)")
      return
    }
    let got = JSON(ConfigurationDump.value(documents))
    let sections = [
      "circus", "watchers", "plugins", "sockets", "groups", "http_servers",
      "serverurl", "rpcinterfaces", "supervisord",
    ]
    for key in sections { difference(got[key], adjust(wanted[key]), key) }
    if wanted["supervisorctl"]?["error"] != nil {
      // It ran without the stand-in variables the daemon's side was given.
      #expect(got["supervisorctl"] != nil)
    } else {
      difference(got["supervisorctl"], wanted["supervisorctl"], "supervisorctl")
    }
  }

  /// The intended differences (docs/differences.md): `__name__` is no environment variable.
  private func adjust(_ json: JSON?) -> JSON? {
    guard case .array(let items)? = json else { return json }
    return .array(
      items.map { item in
        guard case .object(var object) = item, case .object(var env)? = object["env"] else {
          return item
        }
        // The copied environment also carries what the daemon itself was started with.
        env["__name__"] = nil
        object["env"] = .object(env)
        return .object(object)
      })
  }

  /// Walks both sides, so that a failure names the very key that differs.
  private func difference(_ got: JSON?, _ wanted: JSON?, _ path: String) {
    switch (got, wanted) {
    case (.object(let a)?, .object(let b)?):
      for key in Set(a.members.map(\.key) + b.members.map(\.key)).sorted() {
        difference(a[key], b[key], "\(path).\(key)")
      }
    case (.array(let a)?, .array(let b)?) where a.count == b.count:
      for (index, pair) in zip(a, b).enumerated() {
        difference(pair.0, pair.1, "\(path)[\(index)]")
      }
    default:
      #expect(got == wanted, "\(path)")
    }
  }
}
