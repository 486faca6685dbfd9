import CircusModel
import JSON

/// A replacement of all processes that is under way.
package struct Rollout: Hashable, Sendable {
  /// In which order processes go and come.
  package enum Way: String, Hashable, Sendable {
    /// Graceful reload, never below strength:
    ///   1. start a full set of the new generation
    ///   2. when all of it is up, stop the old generation
    ///   3. tell `reload`
    /// A spawn that fails leaves the old generation in place.
    case surge

    /// The same as far as `max_surge` and `max_unavailable` allow:
    ///   1. start new ones, so that there are no more than the wanted ones and the surge
    ///   2. stop old ones, so that enough are available
    ///   3. tell `reload` when all are new
    case gradual

    /// Sequential reload, in their places, one or `max_unavailable` at a time:
    ///   for each old process: stop it, wait until it is gone, start its successor, warm up
    ///   then tell `reload`
    case oneByOne = "one_by_one"

    /// New processes come beside the old ones.
    var comesBeside: Bool { self != .oneByOne }
  }

  package let way: Way
  /// How far it was when it was last seen to go on.
  var score = -1
  /// When that was.
  var since: Instant

  init(_ way: Way, at now: Instant) {
    self.way = way
    since = now
  }
}

/// The definition of a watcher, and what `set` had made of it.
struct WatcherDefinition: Sendable {
  var spec: WatcherSpec
  var edits: JSONObject
}
