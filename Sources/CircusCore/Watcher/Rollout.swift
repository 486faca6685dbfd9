/// A replacement of all processes that is under way.
package enum Rollout: Hashable, Sendable {
  /// Graceful reload, never below strength:
  ///   1. start a full set of the new generation
  ///   2. when all of it is up, stop the old generation
  ///   3. tell `reload`
  /// A spawn that fails leaves the old generation in place.
  case surge

  /// Sequential reload, one at a time:
  ///   for each old process: stop it, wait until it is gone, start its successor, warm up
  ///   then tell `reload`
  case oneByOne
}
