import CircusModel
import LinuxSystem

/// A Python virtualenv in a watcher's environment: its `bin` first in PATH, its packages in
/// PYTHONPATH (circus.md 1.6).
package enum Virtualenv {
  /// A directory that is not there makes the watcher unable to start, and says so.
  package static func apply(to spec: inout WatcherSpec) {
    guard let root = spec.virtualenv else { return }
    guard Files.isDirectory(root) else {
      spec.unsupported = "virtualenv '\(root)' does not exist"
      return
    }
    let bin = root + "/bin"
    if Files.isDirectory(bin) { prepend([bin], to: "PATH", &spec) }
    guard let packages = sitePackages(root, version: spec.virtualenvPython) else {
      spec.unsupported = "virtualenv '\(root)' has no site-packages directory"
      return
    }
    let linked = Files.list(packages).filter { $0.hasSuffix(".pth") }.sorted().flatMap {
      directories(in: packages + "/" + $0, relativeTo: packages)
    }
    let old = spec.environment["PYTHONPATH"].map { [$0] } ?? []
    spec.environment["PYTHONPATH"] = (linked + old + [packages]).joined(separator: ":")
  }

  private static func prepend(_ parts: [String], to key: String, _ spec: inout WatcherSpec) {
    let old = spec.environment[key].map { $0.isEmpty ? [] : [$0] } ?? []
    spec.environment[key] = (parts + old).joined(separator: ":")
  }

  /// `lib/pythonX.Y/site-packages`; without a wanted version, the one that is there.
  private static func sitePackages(_ root: String, version: String?) -> String? {
    let names =
      version.map { ["python\($0)", "pypy\($0)"] }
      ?? Files.list(root + "/lib").filter { $0.hasPrefix("python") || $0.hasPrefix("pypy") }
      .sorted()
    return names.map { "\(root)/lib/\($0)/site-packages" }.first { Files.isDirectory($0) }
  }

  private static func directories(in file: String, relativeTo base: String) -> [String] {
    guard let bytes = try? Files.read(file) else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
      .map { $0.hasPrefix("/") ? $0 : base + "/" + $0 }.filter { Files.isDirectory($0) }
  }
}
