import CircusModel

/// What a watcher depends on and is not so at the moment. The arbiter looks anew before each change of the watcher.
package struct StartGate: Hashable, Sendable {
  /// Why an edge is not satisfied.
  package enum Reason: Hashable, Sendable {
    case onItsWay
    case obstacle(Standing.Obstacle)
    case missing
    case circle
  }

  /// An edge that is not satisfied.
  package struct Obstacle: Hashable, Sendable {
    /// The dependency's name.
    package var name: String
    package var condition: Dependency.Condition
    package var reason: Reason

    /// Whether nothing will change about it by itself.
    package var isLasting: Bool { reason != .onItsWay }
    /// Whether it holds up the respawn of a process, too, not only a start.
    var holdsRespawns: Bool { !condition.isCompletion }

    /// `db (ready)`, and why it is not so where that is known.
    package var text: String {
      let edge = "\(name) (\(condition.rawValue))"
      switch reason {
      case .onItsWay: return edge
      case .missing: return "\(name), which does not exist"
      case .circle: return "\(name), which waits for it in turn"
      case .obstacle(.stopped): return "\(edge), which is stopped"
      case .obstacle(.ended): return "\(edge), which has ended otherwise"
      case .obstacle(.gaveUp(let why)): return "\(edge), which gave up: \(why)"
      case .obstacle(.noProcessWanted): return "\(edge), of which no process is wanted"
      case .obstacle(.dependency): return "\(edge), which waits for what will not come"
      }
    }
  }

  /// In the order in which the watcher names them.
  package internal(set) var obstacles: [Obstacle] = []
  /// The watcher depends on something at all.
  var hasNeeds = false
  /// Something depends on it.
  var hasDependents = false
  /// How often each of those has become ready that it reacts to, by name in lower case.
  var epochs: [String: Int] = [:]
  /// It goes down with what it depends on, and comes back with it.
  var pullsDown = false
  /// One that depends on it goes down, and does so first.
  var isNeeded = false

  /// It depends on something, or something on it.
  var isLinked: Bool { hasNeeds || hasDependents }
  /// A start may begin.
  var isOpen: Bool { obstacles.isEmpty }
  /// A process that ended may be replaced.
  var admitsRespawns: Bool { !obstacles.contains(where: \.holdsRespawns) }
  /// It opens only after something is done about it.
  var isShutForGood: Bool { obstacles.contains(where: \.isLasting) }

  /// `waits for db (ready), cache (started)`; what will not come by itself is named first.
  package var text: String {
    if obstacles.isEmpty, pullsDown { return "waits for what it follows, which goes down" }
    let lasting = obstacles.filter(\.isLasting) + obstacles.filter { !$0.isLasting }
    return "waits for " + lasting.map(\.text).joined(separator: ", ")
  }
}
