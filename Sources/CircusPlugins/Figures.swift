import JSON

/// What `stats` tells of one process, as numbers; `N/A` becomes what stands for the worst.
struct Figures {
  var pid: Int
  var cpu: Double
  var memory: Double
  /// Bytes.
  var resident: Double
  var children: [Figures]

  /// Nil for a process that is gone.
  init?(_ json: JSON) {
    guard let object = json.object, let pid = object["pid"]?.int else { return nil }
    self.pid = pid
    cpu = object["cpu"]?.number ?? 100
    memory = object["mem"]?.number ?? 100
    resident = Self.bytes(object["mem_info1"]?.string ?? "") ?? 0
    children = (object["children"]?.array ?? []).compactMap(Figures.init)
  }

  /// The processes of one watcher in a reply to `stats`.
  static func processes(_ info: JSON?) -> [Figures] {
    (info?.object?.members ?? []).compactMap { Figures($0.value) }
  }

  /// `31.36M` in bytes, powers of 1024; nil when it is no size with a unit.
  static func bytes(_ text: String) -> Double? {
    guard let unit = text.last, let power = Array("BKMGTPEZY").firstIndex(of: unit),
      let value = Double(text.dropLast())
    else { return nil }
    return (0..<power).reduce(value) { sum, _ in sum * 1_024 }
  }
}
