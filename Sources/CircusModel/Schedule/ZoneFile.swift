/// Reads files of the tz database (RFC 8536). Leap seconds, which the usual files have none of, are passed over.
package enum ZoneFile {
  /// Larger ones are none: the largest real one has 4 KB.
  package static let mostBytes = 256 << 10

  /// Nil: it is none.
  package static func read(_ bytes: [UInt8]) -> ZoneRules? {
    guard bytes.count <= mostBytes, var head = Header(bytes[...]) else { return nil }
    var data = bytes.dropFirst(Header.size)
    var width = 4
    if head.version >= 2 {
      // The same again, with times of 64 bits, follows the part for old readers.
      let skipped = head.size(width: 4)
      guard data.count > skipped + Header.size else { return nil }
      data = data.dropFirst(skipped)
      guard let second = Header(data) else { return nil }
      head = second
      data = data.dropFirst(Header.size)
      width = 8
    }
    guard data.count >= head.size(width: width), head.types > 0 else { return nil }
    return rules(head, data, width)
  }

  private static func rules(
    _ head: Header, _ data: ArraySlice<UInt8>, _ width: Int
  ) -> ZoneRules? {
    var rest = data
    let times = take(head.times * width, &rest)
    let indices = take(head.times, &rest)
    let types = take(head.types * 6, &rest)
    let names = take(head.characters, &rest)
    rest = rest.dropFirst(head.leaps * (width + 4) + head.standards + head.universals)
    func kind(_ index: Int) -> (offset: Int64, name: String)? {
      guard index < head.types else { return nil }
      let base = types.startIndex + index * 6
      let offset = integer(types[base..<base + 4])
      guard (-93_600...93_600).contains(offset) else { return nil }
      let start = names.startIndex + Int(types[base + 5])
      guard start <= names.endIndex else { return nil }
      return (offset, String(decoding: names[start...].prefix { $0 != 0 }, as: UTF8.self))
    }
    guard let first = kind(0) else { return nil }
    var changes: [ZoneRules.Change] = []
    for number in 0..<head.times {
      let base = times.startIndex + number * width
      let at = integer(times[base..<base + width])
      guard let kind = kind(Int(indices[indices.startIndex + number])),
        changes.last.map({ $0.at < at }) ?? true
      else { return nil }
      // Before all calendars; there is no need for it.
      guard (-(1 << 40)...1 << 40).contains(at) else { continue }
      changes.append(.init(at: at, offset: kind.offset, name: kind.name))
    }
    return ZoneRules(
      first: .init(at: 0, offset: first.offset, name: first.name), changes: changes,
      rule: width == 8 ? footer(rest) : nil)
  }

  private static func footer(_ rest: ArraySlice<UInt8>) -> ZoneFooter? {
    guard rest.first == 10 else { return nil }
    let text = rest.dropFirst().prefix { $0 != 10 }
    return text.isEmpty ? nil : ZoneFooter(String(decoding: text, as: UTF8.self))
  }

  private static func take(_ count: Int, _ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  /// Signed, the highest byte first.
  private static func integer(_ bytes: ArraySlice<UInt8>) -> Int64 {
    let isNegative = bytes.first.map { $0 >= 128 } ?? false
    return bytes.reduce(isNegative ? -1 : 0) { $0 << 8 | Int64($1) }
  }

  private struct Header {
    static let size = 44
    var version: Int
    var universals, standards, leaps, times, types, characters: Int

    init?(_ bytes: ArraySlice<UInt8>) {
      guard bytes.count >= Self.size, bytes.starts(with: "TZif".utf8) else { return nil }
      let sign = bytes[bytes.startIndex + 4]
      version = sign == 0 ? 1 : Int(sign) - 48
      let counts = (0..<6).map { number -> Int in
        let base = bytes.startIndex + 20 + number * 4
        return Int(integer(bytes[base..<base + 4]))
      }
      guard counts.allSatisfy({ (0...mostBytes).contains($0) }) else { return nil }
      (universals, standards, leaps) = (counts[0], counts[1], counts[2])
      (times, types, characters) = (counts[3], counts[4], counts[5])
    }

    /// Bytes of what follows.
    func size(width: Int) -> Int {
      times * (width + 1) + types * 6 + characters + leaps * (width + 4) + standards + universals
    }
  }
}
