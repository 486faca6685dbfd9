import CircusConfig
import CircusModel
import JSON
import LinuxSystem

/// Restarts a watcher when its program has changed on the disk (circus.md 9.6). circus takes the
/// whole command line for a path; here every word of it that is a file counts, so that a changed
/// script is noticed behind its interpreter too.
package final class CommandReloader: Plugin {
  private let host: any PluginHost
  private let period: Double
  private var known: [String: Look] = [:]

  /// What was seen of a watcher's command line.
  private struct Look {
    var words: [String]
    /// When each file of it was changed, as far as it was ever there.
    var times: [String: Double]
  }

  private let modified: (String) -> Double?

  package convenience init(
    _ options: PluginOptions, _ host: any PluginHost
  ) throws(PluginOptions.Problem) {
    try self.init(options, host, modified: Files.modificationTime)
  }

  /// `modified` tells when a file was changed last; nil: it is no file.
  init(
    _ options: PluginOptions, _ host: any PluginHost, modified: @escaping (String) -> Double?
  ) throws(PluginOptions.Problem) {
    self.host = host
    self.modified = modified
    period = try options.period("loop_rate", 1)
  }

  package func start() {
    look()
    host.every(period) { [weak self] in self?.look() }
  }

  private func look() {
    let watchers = host.ordinaryWatchers()
    known = known.filter { watchers.contains($0.key) }
    for watcher in watchers {
      guard
        let options = host.call("options", ["name": .string(watcher)])?["options"]?.object
      else { continue }
      let words = words(options)
      let now = files(words, options)
      // Another command has brought other processes with it.
      let before = known[watcher].flatMap { $0.words == words ? $0.times : nil } ?? [:]
      let names = changes(before, now).sorted()
      if !names.isEmpty {
        host.log(.info, "\(watcher): \(names.joined(separator: ", ")) changed, restarting")
        host.cast("restart", ["name": .string(watcher), "match": "simple"])
      }
      // A file that is being replaced may be away at one look.
      known[watcher] = Look(words: words, times: now.merging(before) { time, _ in time })
    }
  }

  /// Files whose time is not the one they were seen with last. A file that was never seen does not count.
  private func changes(_ before: [String: Double], _ now: [String: Double]) -> [String] {
    now.filter { path, time in before[path].map { $0 != time } ?? false }.map(\.key)
  }

  private func words(_ options: JSONObject) -> [String] {
    var words = (try? ShellWords.split(options["cmd"]?.string ?? "")) ?? []
    switch options["args"] {
    case .string(let text)?: words += (try? ShellWords.split(text)) ?? []
    case .array(let list)?: words += list.compactMap(\.string)
    case .null?, .bool?, .int?, .double?, .object?, nil: break
    }
    return words
  }

  private func files(_ words: [String], _ options: JSONObject) -> [String: Double] {
    let directory = options["working_dir"]?.string ?? "/"
    let path = options["env"]?["PATH"]?.string ?? "/bin:/usr/bin"
    var found: [String: Double] = [:]
    for (index, word) in words.enumerated() where !word.isEmpty {
      var candidates = [word.hasPrefix("/") ? word : "\(directory)/\(word)"]
      if index == 0 && !word.contains("/") {
        candidates = path.split(separator: ":").map { "\($0)/\(word)" }
      }
      for candidate in candidates {
        guard let time = modified(candidate) else { continue }
        found[candidate] = time
        break
      }
    }
    return found
  }
}
