import CircusModel

/// What a process is to say that it is ready, and cannot.
extension WatcherCheck {
  var readyProblems: [Diagnostic] {
    if spec.watchdog > .zero, spec.ready.isPiped {
      return [
        error(
          "watchdog", "a process says on a socket that it lives; with this `ready` it has a pipe",
          "write ready = notify, or ready = started")
      ]
    }
    if spec.watchdog > .zero, spec.watchdog < .seconds(1) {
      return [
        warning(
          "watchdog", "a process that has no turn for so short a time is ended", "write 1 or more")
      ]
    }
    guard spec.ready.isExplicit else { return [] }
    if spec.isOneshot {
      return [
        warning("ready", "has no say in a oneshot, which is done when it has ended", "take it out")
      ]
    }
    var found: [Diagnostic] = []
    if let problem = spec.ready.silence(stdout: spec.stdout, stderr: spec.stderr) {
      found.append(
        error(
          "ready", "\(problem): the watcher cannot start",
          spec.dialect == .circus
            ? "write stdout_stream.class = QueueStream, or FileStream with a filename"
            : "write ready=log:EXPRESSION"))
    }
    if case .descriptor(let number) = spec.ready, spec.usesSockets, number < 3 + file.sockets.count
    {
      found.append(
        error(
          "ready", "descriptor \(number) is one of the sockets': the watcher cannot start",
          "write s6:\(3 + file.sockets.count), or ready = pipe"))
    }
    return found
  }
}
