import CScreen
import Glibc
import LinuxSystem

/// circus-top on a terminal: waits for figures and keys, draws at most when something changed.
final class TopScreen {
  private let source: TopSource
  private var model: TopModel
  private let screen: Screen
  private var state = TopState()
  private var lastStatus = -10.0
  private var lastLog = -10.0

  init(source: TopSource, model: TopModel, screen: Screen) {
    self.source = source
    self.model = model
    self.screen = screen
    state.isUnicode = ct_is_utf8() == 1
  }

  func run() {
    draw()
    while true {
      var waiting = [
        pollfd(fd: 0, events: Int16(POLLIN), revents: 0),
        pollfd(fd: source.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      poll(&waiting, 2, 1_000)
      // The terminal is gone.
      if waiting[0].revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 { return }
      source.drain(into: &model)
      model.expire(now: TopSource.now)
      while let key = screen.key() { if take(key) { return } }
      refresh()
      draw()
    }
  }

  private var view: TopView { TopView(model, state, width: screen.size.columns) }

  private func draw() {
    let watchers = model.groups.values.filter { $0.name != "circus" }
    let processes = watchers.reduce(0) { $0 + $1.processes.count }
    let title =
      "circus-top  \(source.endpoint)  \(watchers.count) watchers, \(processes) processes, "
      + "by \(state.order.rawValue)  \(Clock.format(Clock.wall, "%H:%M:%S"))"
    if let problem = source.problem { state.message = problem }
    screen.show(view.screen(height: screen.size.rows, title: title))
  }

  /// What the stream does not tell, asked for now and then.
  private func refresh() {
    let now = TopSource.now
    if now - lastStatus >= 2, source.canCommand {
      lastStatus = now
      let hadProblem = source.problem != nil
      if let statuses = source.statuses() { model.take(statuses: statuses) }
      if hadProblem && source.problem == nil { state.message = "" }
    }
    guard state.showsLog, now - lastLog >= 1, let watcher = view.selected.watcher else { return }
    lastLog = now
    state.log = watcher == "circus" ? [] : source.log(of: watcher, pid: view.selected.pid)
  }

  /// True when that was the end.
  private func take(_ key: Screen.Key) -> Bool {
    switch key {
    case .up: state.selection = max(0, state.selection - 1)
    case .down: state.selection += 1
    case .pageUp: state.selection = max(0, state.selection - screen.size.rows / 2)
    case .pageDown: state.selection += screen.size.rows / 2
    case .resized: break
    case .character("\u{3}"): return true
    case .character(let character):
      switch state.press(character, selected: view.selected.watcher) {
      case .none: break
      case .quit: return true
      case .run(let question):
        state.message = source.run(question)
        lastStatus = -10
      }
    }
    state.selection = min(state.selection, max(0, view.rowCount - 1))
    lastLog = -10
    return false
  }
}
