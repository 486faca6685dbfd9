/// A piece of a line with its looks.
package struct Span: Equatable {
  /// How it is shown.
  package enum Style: Equatable { case plain, bold, dim, reverse, good, warning, bad, title }
  /// What is shown.
  package var text: String
  /// How.
  package var style: Style
  init(_ text: String, _ style: Style = .plain) {
    self.text = text
    self.style = style
  }
}

/// The screen as lines of spans, for any size. Pure: what a terminal, a test and `--once` show.
package struct TopView {
  private let model: TopModel
  private let state: TopState
  private let width: Int

  /// A line of the table and what a cursor on it means.
  private struct Row {
    var spans: [Span]
    var watcher: String?
    var pid: Int?
  }

  package init(_ model: TopModel, _ state: TopState, width: Int) {
    self.model = model
    self.state = state
    self.width = width
  }

  /// What is under the cursor.
  package var selected: (watcher: String?, pid: Int?) {
    let rows = selectable
    guard !rows.isEmpty else { return (nil, nil) }
    let row = rows[min(state.selection, rows.count - 1)]
    return (row.watcher, row.pid)
  }

  /// How many rows a cursor can stand on.
  package var rowCount: Int { selectable.count }

  // MARK: the whole

  /// Exactly `height` lines.
  package func screen(height: Int, title: String) -> [[Span]] {
    var lines = [[Span(fit(title, width), .title)]]
    guard model.hasData || !model.groups.isEmpty else {
      lines.append([Span("*** Waiting for data ***", .dim)])
      return (pad(lines, height) + [footer]).map(clip)
    }
    lines.append(header)
    let logHeight = state.showsLog ? min(8, max(2, height / 3)) : 0
    let room = max(1, height - lines.count - logHeight - 1)
    lines += window(room)
    if state.showsHelp { overlayHelp(&lines) }
    lines = pad(lines, height - logHeight)
    if state.showsLog { lines += logLines(logHeight) }
    return (Array(lines.prefix(height - 1)) + [footer]).map(clip)
  }

  /// What does not fit is cut off: a terminal would go on with it in the next line.
  private func clip(_ line: [Span]) -> [Span] {
    var room = width
    var clipped: [Span] = []
    for span in line where room > 0 {
      clipped.append(Span(String(span.text.prefix(room)), span.style))
      room -= span.text.count
    }
    return clipped
  }

  private func pad(_ lines: [[Span]], _ height: Int) -> [[Span]] {
    lines + Array(repeating: [], count: max(0, height - lines.count - 1))
  }

  /// The rows around the cursor.
  private func window(_ room: Int) -> [[Span]] {
    let rows = selectable
    let cursor = min(state.selection, max(0, rows.count - 1))
    let tail = socketLines
    let space = max(1, room - (rows.count + tail.count <= room ? tail.count : 0))
    let first = max(0, min(cursor - space / 2, rows.count - space))
    var lines: [[Span]] = []
    for (index, row) in rows.enumerated().dropFirst(first).prefix(space) {
      lines.append(index == cursor ? [Span(fit(plain(row.spans), width), .reverse)] : row.spans)
    }
    if rows.count + tail.count <= room { lines += tail }
    return lines
  }

  private func plain(_ spans: [Span]) -> String { spans.map(\.text).joined() }

  /// Everything, without a cursor, as text.
  package var text: [String] {
    let lines = [header] + selectable.map(\.spans) + socketLines
    return lines.map { line in
      var text = plain(line)
      while text.last == " " { text.removeLast() }
      return text
    }
  }

  // MARK: rows

  private static let figuresWidth = 46
  private var sparkWidth: Int { max(0, min(24, (width - 90) / 2)) }
  /// Names and command lines get what is left.
  private var nameWidth: Int {
    max(30, width - Self.figuresWidth - (sparkWidth > 3 ? 2 * sparkWidth + 2 : 0))
  }

  private var header: [Span] {
    var text = fit("NAME / PID COMMAND", nameWidth)
    for (title, size) in [
      ("CPU%", 8), ("MEM%", 8), ("AGE", 9), ("RSS", 10), ("FDS", 5), ("RST", 6),
    ] {
      text += right(title, size)
    }
    if sparkWidth > 3 { text += " " + fit("cpu", sparkWidth) + " " + fit("mem", sparkWidth) }
    return [Span(fit(text, width), .bold)]
  }

  private var selectable: [Row] {
    var rows: [Row] = []
    for group in ordered(model.groups.values.filter { !Self.hidden.contains($0.name) }) {
      rows.append(row(of: group))
      for process in ordered(Array(group.processes.values)) {
        rows.append(row(of: process, group.name, depth: 1))
        if state.showsTree { addChildren(of: process, group.name, depth: 2, &rows) }
      }
    }
    return rows
  }

  private static let hidden: Set<String> = ["circusd-stats", "circushttpd"]

  private func addChildren(
    of process: TopModel.Process, _ name: String, depth: Int, _ rows: inout [Row]
  ) {
    for child in ordered(process.children) {
      rows.append(row(of: child, name, depth: depth))
      addChildren(of: child, name, depth: depth + 1, &rows)
    }
  }

  private func ordered(_ groups: [TopModel.Group]) -> [TopModel.Group] {
    groups.sorted { a, b in
      switch state.order {
      case .cpu: (-(a.cpu ?? -1), a.name) < (-(b.cpu ?? -1), b.name)
      case .memory: (-(a.memory ?? -1), a.name) < (-(b.memory ?? -1), b.name)
      case .age: (-(a.age ?? -1), a.name) < (-(b.age ?? -1), b.name)
      case .name: a.name < b.name
      }
    }
  }

  private func ordered(_ processes: [TopModel.Process]) -> [TopModel.Process] {
    processes.sorted { a, b in
      switch state.order {
      case .cpu: (-(a.cpu ?? -1), a.pid) < (-(b.cpu ?? -1), b.pid)
      case .memory: (-(a.memory ?? -1), a.pid) < (-(b.memory ?? -1), b.pid)
      case .age: (-(a.age ?? -1), a.pid) < (-(b.age ?? -1), b.pid)
      case .name: a.pid < b.pid
      }
    }
  }

  private func row(of group: TopModel.Group) -> Row {
    let word = group.condition ?? group.status ?? "active"
    let style: Span.Style =
      if word == "active" { .bold } else if word.hasPrefix("crash loop") {
        .bad
      } else if group
        .status == "stopped"
      { .dim } else { .warning }
    let status = word == "active" ? "" : " \(word)"
    let count = group.processes.isEmpty ? "" : " (\(group.processes.count))"
    var spans = [Span(fit(group.name + count + status, nameWidth), style)]
    spans += figures(group.cpu, group.memory, group.age)
    spans.append(Span(right("", 15)))
    spans.append(restarts(group.restarts))
    if sparkWidth > 3 {
      spans.append(Span(" " + spark(group.cpuHistory, of: 100), .good))
      // Memory hardly moves: room above its top shows when it grows.
      let top = (group.memoryHistory.max() ?? 0) * 1.6
      spans.append(Span(" " + spark(group.memoryHistory, of: top), .warning))
    }
    return Row(spans: spans, watcher: group.name, pid: nil)
  }

  private func row(of process: TopModel.Process, _ group: String, depth: Int) -> Row {
    let indent = String(repeating: "  ", count: min(depth, 8))
    var spans = [Span(fit("\(indent)\(process.pid) \(process.command)", nameWidth))]
    spans += figures(process.cpu, process.memory, process.age)
    spans.append(
      Span(right(process.resident, 10) + right(process.descriptors.map(String.init) ?? "", 5)))
    spans.append(restarts(process.restarts))
    return Row(spans: spans, watcher: group, pid: process.pid)
  }

  private func restarts(_ count: Int?) -> Span {
    Span(right(count.map(String.init) ?? "", 6), (count ?? 0) > 0 ? .warning : .plain)
  }

  private func figures(_ cpu: Double?, _ memory: Double?, _ age: Double?) -> [Span] {
    let busy: Span.Style = (cpu ?? 0) > 80 ? .bad : (cpu ?? 0) > 40 ? .warning : .plain
    return [
      Span(right(number(cpu), 8), busy), Span(right(number(memory), 8)),
      Span(right(age.map(Self.duration) ?? "N/A", 9)),
    ]
  }

  private var socketLines: [[Span]] {
    guard !model.sockets.isEmpty else { return [] }
    let rows = model.sockets.sorted { $0.key < $1.key }.map { socket in
      [Span(fit("  \(socket.value.address)", 46) + right(String(socket.value.reads), 9))]
    }
    return [[], [Span(fit("sockets", 46) + right("HITS", 9), .bold)]] + rows
  }

  // MARK: the rest

  private func logLines(_ height: Int) -> [[Span]] {
    let title = "log of \(selected.watcher ?? "nothing")\(selected.pid.map { " [\($0)]" } ?? "")"
    let lines = state.log.suffix(height - 1).map { [Span(fit($0, width))] }
    return [[Span(fit(title, width), .bold)]] + lines
      + Array(repeating: [], count: max(0, height - 1 - lines.count))
  }

  private func overlayHelp(_ lines: inout [[Span]]) {
    let help = [
      "up/down, j/k     select", "c m a n          order by cpu, memory, age, name",
      "t                tree of children on and off", "l                log of the selection",
      "s x r R          start, stop, restart, reload the watcher (asks first)",
      "+ -              one process more or fewer (asks first)", "?                this help",
      "q                quit",
    ]
    for (index, line) in help.enumerated() where index + 2 < lines.count + help.count {
      let text = [Span(fit("  " + line, width), .title)]
      if index + 2 < lines.count { lines[index + 2] = text } else { lines.append(text) }
    }
  }

  private var footer: [Span] {
    if let question = state.question {
      return [Span(fit("\(question.verb) \(question.name)? (y/n)", width), .bad)]
    }
    if !state.message.isEmpty { return [Span(fit(state.message, width), .warning)] }
    let keys = "q quit  ? help  c/m/a/n order  t tree  l log  s start  x stop  r restart  +/- scale"
    return [Span(fit(keys, width), .dim)]
  }

  // MARK: text

  private func number(_ value: Double?) -> String {
    guard let value else { return "N/A" }
    let hundredths = Int((value * 100).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  /// `59s`, `12m05s`, `3h07m`, `21d04h`.
  static func duration(_ seconds: Double) -> String {
    let total = Int(min(max(0, seconds), 1e12))
    func two(_ n: Int) -> String { n < 10 ? "0\(n)" : String(n) }
    switch total {
    case ..<60: return "\(total)s"
    case ..<3_600: return "\(total / 60)m\(two(total % 60))s"
    case ..<86_400: return "\(total / 3_600)h\(two(total / 60 % 60))m"
    default: return "\(total / 86_400)d\(two(total / 3_600 % 24))h"
    }
  }

  /// The newest values as bars of eight heights.
  private func spark(_ history: [Double], of full: Double) -> String {
    let bars = Array(state.isUnicode ? "▁▂▃▄▅▆▇█" : "_.:-=+*#")
    let top = max(full, history.max() ?? 0, 0.000_1)
    let text = history.suffix(sparkWidth).map { value in
      bars[min(7, max(0, Int(value / top * 7.999)))]
    }
    return right(String(text), sparkWidth)
  }

  private func fit(_ text: String, _ width: Int) -> String {
    let clean = text.map {
      $0.isNewline || $0 == "\t" || $0.asciiValue.map { $0 < 32 } == true ? " " : $0
    }
    if clean.count >= width { return String(clean.prefix(max(0, width))) }
    return String(clean) + String(repeating: " ", count: width - clean.count)
  }

  private func right(_ text: String, _ width: Int) -> String {
    text.count >= width ? text : String(repeating: " ", count: width - text.count) + text
  }
}
